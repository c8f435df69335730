namespace Microsoft.ML.Data;

/// <summary>Row mappers in sequence.</summary>
internal sealed class CompositeMapper : IRowToRowMapper
{
    private readonly List<IRowToRowMapper> mappers = [];

    public CompositeMapper(DataViewSchema inputSchema, IEnumerable<ITransformer> transformers)
    {
        InputSchema = OutputSchema = inputSchema;
        foreach (var transformer in transformers)
        {
            mappers.Add(transformer.GetRowToRowMapper(OutputSchema));
            OutputSchema = mappers[^1].OutputSchema;
        }
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        Enumerable.Reverse(mappers).Aggregate(dependingColumns, (needed, mapper) => mapper.GetDependencies(needed));

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        var needed = new Stack<IEnumerable<DataViewSchema.Column>>();
        foreach (var mapper in Enumerable.Reverse(mappers))
        {
            needed.Push([.. activeColumns]);
            activeColumns = mapper.GetDependencies(activeColumns);
        }
        return mappers.Aggregate(input, (row, mapper) => mapper.GetRow(row, needed.Pop()));
    }
}
