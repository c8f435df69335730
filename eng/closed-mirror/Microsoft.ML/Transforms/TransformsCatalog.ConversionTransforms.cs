namespace Microsoft.ML;

public sealed partial class TransformsCatalog
{
    /// <summary>Estimators that change the type of columns; they hang here as extension methods.</summary>
    public sealed class ConversionTransforms
    {
        internal ConversionTransforms()
        {
        }
    }
}
