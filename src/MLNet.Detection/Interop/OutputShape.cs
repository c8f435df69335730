using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Interop;

/// <summary>
/// What an estimator promises of its output. ML.NET alone can construct a column of a <see cref="SchemaShape"/>, but a
/// chain computes the shape of any schema and hands it to its estimators: one that writes it down gets at the columns.
/// </summary>
internal static class OutputShape
{
    /// <summary>The input's shape with columns added; those of the same names are replaced.</summary>
    public static SchemaShape Append(SchemaShape input, IReadOnlyList<DataViewSchema.DetachedColumn> added)
    {
        var names = added.Select(column => column.Name).ToHashSet();
        return new([.. input.Where(column => !names.Contains(column.Name)), .. Of(added)]);
    }

    private static SchemaShape Of(IEnumerable<DataViewSchema.DetachedColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(columns);
        var probe = new Probe();
        new EstimatorChain<ITransformer>().Append(probe).Fit(new EmptyView(builder.ToSchema()));
        return probe.Seen!;
    }

    private sealed class Probe : IEstimator<ITransformer>
    {
        public SchemaShape? Seen { get; private set; }

        public ITransformer Fit(IDataView input) => new TransformerChain<ITransformer>();

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Seen = inputSchema;
    }
}
