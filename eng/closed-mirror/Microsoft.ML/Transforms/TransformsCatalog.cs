namespace Microsoft.ML;

/// <summary>Estimators that change columns; they hang here as extension methods.</summary>
public sealed partial class TransformsCatalog
{
    internal TransformsCatalog()
    {
    }

    public ConversionTransforms Conversion { get; } = new();
}
