using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Estimators that change columns; they hang here as extension methods.</summary>
public sealed partial class TransformsCatalog
{
    internal TransformsCatalog(IHostEnvironment environment)
    {
        Environment = environment;
        Conversion = new ConversionTransforms(environment);
    }

    public ConversionTransforms Conversion { get; }

    internal IHostEnvironment Environment { get; }
}
