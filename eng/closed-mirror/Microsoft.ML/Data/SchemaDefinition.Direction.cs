namespace Microsoft.ML.Data;

public sealed partial class SchemaDefinition
{
    /// <summary>Whether properties must have getters, setters, or either.</summary>
    [Flags]
    public enum Direction
    {
        Read = 1,
        Write = 2,
        Both = Read | Write,
    }
}
