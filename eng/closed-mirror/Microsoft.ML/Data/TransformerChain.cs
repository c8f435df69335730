using System.Collections;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>Transformers in sequence.</summary>
public sealed class TransformerChain<TLastTransformer> : ITransformer, IEnumerable<ITransformer>, IDisposable
    where TLastTransformer : class, ITransformer
{
    /// <summary>The last transformer, null in an empty chain.</summary>
    public readonly TLastTransformer LastTransformer;

    private readonly ITransformer[] transformers;
    private readonly TransformerScope[] scopes;
    private bool disposed;

    public TransformerChain(params ITransformer[] transformers)
        : this(transformers, transformers?.Select(_ => TransformerScope.Everything))
    {
    }

    public TransformerChain(IEnumerable<ITransformer> transformers, IEnumerable<TransformerScope> scopes)
    {
        Check.NotNull(transformers, nameof(transformers));
        Check.NotNull(scopes, nameof(scopes));
        this.transformers = [.. transformers];
        this.scopes = [.. scopes];
        Check.State(this.scopes.Length == this.transformers.Length,
            $"Expected {this.transformers.Length} scopes, one a transformer, got {this.scopes.Length}");
        LastTransformer = this.transformers.LastOrDefault() as TLastTransformer;
        Check.State(LastTransformer != null || this.transformers.Length == 0,
            $"The last transformer must be a {typeof(TLastTransformer)}");
    }

    bool ITransformer.IsRowToRowMapper => transformers.All(transformer => transformer.IsRowToRowMapper);

    /// <summary>The steps meant for scoring: those for training alone act only while the chain is fitted.</summary>
    public IDataView Transform(IDataView input) => Transform(input, TransformerScope.Scoring);

    public IDataView Transform(IDataView input, TransformerScope scope)
    {
        Check.NotNull(input, nameof(input));
        var chain = GetModelFor(scope);
        // Asked for the whole chain first: a view of a wrong schema fails before anything is made of it.
        chain.GetOutputSchema(input.Schema, scope);
        return chain.Aggregate(input, (view, transformer) => transformer.Transform(view));
    }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) =>
        GetOutputSchema(inputSchema, TransformerScope.Scoring);

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema, TransformerScope scope) =>
        GetModelFor(scope).Aggregate(inputSchema, (schema, transformer) => transformer.GetOutputSchema(schema));

    public TransformerChain<ITransformer> GetModelFor(TransformerScope scopeFilter)
    {
        var kept = transformers.Zip(scopes).Where(link =>
            (link.Second & scopeFilter) != TransformerScope.None).ToArray();
        return new(kept.Select(link => link.First), kept.Select(link => link.Second));
    }

    public TransformerChain<TNewLast> Append<TNewLast>(
        TNewLast transformer, TransformerScope scope = TransformerScope.Everything) where TNewLast : class, ITransformer
    {
        Check.NotNull(transformer, nameof(transformer));
        return new([.. transformers, transformer], [.. scopes, scope]);
    }

    public IEnumerator<ITransformer> GetEnumerator() => ((IEnumerable<ITransformer>)transformers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        Check.State(((ITransformer)this).IsRowToRowMapper, "A transformer in the chain does not map row to row");
        return new CompositeMapper(inputSchema, transformers);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException(ModelSaveContext.Unsupported);

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        foreach (var transformer in transformers.OfType<IDisposable>())
            transformer.Dispose();
    }
}
