using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>Maps rows: some output columns are input columns, the others are computed.</summary>
internal abstract class RowMap : IRowToRowMapper
{
    // Of each output column: the input column that it is, or the complement of its number among the computed ones.
    private readonly int[] sources;

    /// <param name="input">The schema of input rows.</param>
    /// <param name="kept">Input columns that are output columns too.</param>
    /// <param name="computed">The other output columns: right after the one that they hide, otherwise at the
    /// end.</param>
    protected RowMap(
        DataViewSchema input, IEnumerable<DataViewSchema.Column> kept,
        IEnumerable<DataViewSchema.DetachedColumn> computed)
    {
        var columns = kept.Select(column =>
            (Part: new DataViewSchema.DetachedColumn(column), Source: column.Index)).ToList();
        foreach (var (index, part) in computed.Index())
        {
            var hidden = columns.FindLastIndex(column => column.Part.Name == part.Name);
            columns.Insert(hidden < 0 ? columns.Count : hidden + 1, (part, ~index));
        }
        InputSchema = input;
        sources = [.. columns.Select(column => column.Source)];
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(columns.Select(column => column.Part));
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = dependingColumns.Select(column => sources[column.Index])
            .SelectMany(source => source >= 0 ? [source] : Needs(~source)).ToHashSet();
        return InputSchema.Where(column => needed.Contains(column.Index));
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        Check.NotNull(input, nameof(input));
        Check.State(input.Schema == InputSchema,
            "Schema of input row must be the same object as the schema the mapper is bound to");
        var compute = new Lazy<Func<int, Delegate>>(() => Computing(input));
        return new MappedRow(input, OutputSchema, activeColumns, index => sources[index] is >= 0 and var source
            ? Getters.Of(input, source)
            : compute.Value(~sources[index]));
    }

    /// <summary>The input columns that a computed column needs.</summary>
    protected abstract IEnumerable<int> Needs(int computed);

    /// <summary>Makes getters of computed columns that follow an input row.</summary>
    protected abstract Func<int, Delegate> Computing(DataViewRow input);
}
