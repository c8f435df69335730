namespace Microsoft.ML;

public sealed partial class SchemaShape
{
    public partial struct Column
    {
        public enum VectorKind
        {
            Scalar,
            Vector,
            VariableVector,
        }
    }
}
