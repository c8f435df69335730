using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class TransformsCatalog
{
    /// <summary>Estimators that change the type of columns; they hang here as extension methods.</summary>
    public sealed class ConversionTransforms
    {
        internal ConversionTransforms(IHostEnvironment environment)
        {
            Environment = environment;
        }

        internal IHostEnvironment Environment { get; }
    }
}
