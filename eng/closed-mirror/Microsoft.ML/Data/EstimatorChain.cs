using Microsoft.ML.Internal;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Estimators in sequence, each fitted on what the transformers before it make of the data.</summary>
public sealed class EstimatorChain<TLastTransformer> : IEstimator<TransformerChain<TLastTransformer>>
    where TLastTransformer : class, ITransformer
{
    /// <summary>The last estimator, null in an empty chain.</summary>
    public readonly IEstimator<TLastTransformer> LastEstimator;

    private readonly IReadOnlyList<ChainLink> links;

    public EstimatorChain() : this([])
    {
    }

    internal EstimatorChain(IReadOnlyList<ChainLink> links)
    {
        this.links = links;
        LastEstimator = links.LastOrDefault()?.Estimator as IEstimator<TLastTransformer>;
    }

    public EstimatorChain<TNewTrans> Append<TNewTrans>(
        IEstimator<TNewTrans> estimator, TransformerScope scope = TransformerScope.Everything)
        where TNewTrans : class, ITransformer
    {
        Check.NotNull(estimator, nameof(estimator));
        return new([.. links, new ChainLink(estimator, scope, false)]);
    }

    /// <summary>Keeps in memory what the last estimator's transformer made, while the next ones are fitted.</summary>
    public EstimatorChain<TLastTransformer> AppendCacheCheckpoint(IHostEnvironment env)
    {
        Check.NotNull(env, nameof(env));
        Check.State(links.Count > 0, "Current estimator chain has no estimator, can't append cache checkpoint.");
        return new([.. links.SkipLast(1), links[^1] with { CacheAfter = true }]);
    }

    /// <summary>Checks the schema down the whole chain first, so that a mistake shows before any training.</summary>
    public TransformerChain<TLastTransformer> Fit(IDataView input)
    {
        Check.NotNull(input, nameof(input));
        GetOutputSchema(SchemaShape.Of(input.Schema));
        var fitted = new List<ITransformer>();
        foreach (var link in links)
        {
            fitted.Add(link.Estimator.Fit(input));
            input = fitted[^1].Transform(input);
            if (link.CacheAfter && fitted.Count < links.Count)
                input = new CachedView(input);
        }
        return new(fitted, links.Select(link => link.Scope));
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) =>
        links.Aggregate(inputSchema, (shape, link) => link.Estimator.GetOutputSchema(shape));
}
