using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Interop;

/// <summary>A row transformer bound to a schema: the input's columns at their places, the added ones behind
/// them.</summary>
internal sealed class AddedColumnsMapper : IRowToRowMapper
{
    private readonly RowTransformer _transformer;

    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public AddedColumnsMapper(RowTransformer transformer, DataViewSchema inputSchema)
    {
        foreach (var input in transformer.Inputs)
            input.Check(inputSchema);
        (_transformer, InputSchema) = (transformer, inputSchema);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        builder.AddColumns(transformer.ColumnsFor(inputSchema));
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    /// <summary>The one schema object that rows, cursors and views of this mapper share, as ML.NET demands.</summary>
    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = new SortedSet<int>();
        foreach (var column in dependingColumns)
            needed.UnionWith(IsAdded(column) ? Sources() : [column.Index]);
        return [.. needed.Select(index => InputSchema[index])];
    }

    /// <summary>A row over an input row in which the dependencies of the active columns are active.</summary>
    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) =>
        new AddedColumnsRow(this, input, activeColumns);

    /// <summary>Whether a column of <see cref="OutputSchema"/> is an added one.</summary>
    public bool IsAdded(DataViewSchema.Column column) => column.Index >= InputSchema.Count;

    /// <summary>Begins to compute over a row.</summary>
    public RowValues Open(DataViewRow input) => _transformer.Open(input);

    private IEnumerable<int> Sources() =>
        _transformer.Inputs.Select(input => input.Find(InputSchema)).OfType<DataViewSchema.Column>()
            .Select(column => column.Index);
}
