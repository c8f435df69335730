using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Keeps some columns only.</summary>
public sealed class ColumnSelectingTransformer : ITransformer
{
    private readonly string[] names;
    private readonly bool drop;
    private readonly bool keepHidden;

    internal ColumnSelectingTransformer(string[] names, bool drop, bool keepHidden)
    {
        Check.State(names is { Length: > 0 }, "Expected at least one column to keep or to drop");
        this.names = names;
        this.drop = drop;
        this.keepHidden = keepHidden;
    }

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Map(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input)
    {
        Check.NotNull(input, nameof(input));
        return new MappedView(input, Map(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Map(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException(ModelSaveContext.Unsupported);

    internal void CheckInput(IEnumerable<string> columns)
    {
        var missing = names.Except(columns).ToArray();
        if (missing.Length > 0)
            throw Check.ColumnMissing("inputSchema", "input", string.Join(",", missing));
    }

    internal bool Keeps(string name) => names.Contains(name) != drop;

    // Columns to keep come in the order in which they are named, the others in their own.
    private RowMap Map(DataViewSchema input)
    {
        Check.NotNull(input, nameof(input));
        CheckInput(input.Select(column => column.Name));
        return new SelectionMap(input, drop
            ? input.Where(column => Keeps(column.Name))
            : names.SelectMany(name => input.Where(column => column.Name == name && (keepHidden || !column.IsHidden))));
    }
}
