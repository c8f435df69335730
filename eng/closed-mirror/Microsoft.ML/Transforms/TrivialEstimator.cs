using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>An estimator with nothing to learn: its transformer is there from the start.</summary>
public abstract class TrivialEstimator<TTransformer> : IEstimator<TTransformer> where TTransformer : class, ITransformer
{
    private protected TrivialEstimator(TTransformer transformer)
    {
        Transformer = transformer;
    }

    private protected TTransformer Transformer { get; }

    public TTransformer Fit(IDataView input)
    {
        Check.NotNull(input, nameof(input));
        // Asked for its errors only: an input that will not do fails here, not at the first row.
        Transformer.GetOutputSchema(input.Schema);
        return Transformer;
    }

    public abstract SchemaShape GetOutputSchema(SchemaShape inputSchema);
}
