using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Maps rows by the user's code.</summary>
public sealed class CustomMappingTransformer<TSrc, TDst> : ITransformer
    where TSrc : class, new() where TDst : class, new()
{
    private readonly Action<TSrc, TDst> action;
    private readonly SchemaDefinition input;

    internal CustomMappingTransformer(Action<TSrc, TDst> action, SchemaDefinition input, SchemaDefinition output)
    {
        this.action = action;
        this.input = input;
        OutputColumns = BoundColumn.Bind(typeof(TDst), output, SchemaDefinition.Direction.Write);
    }

    bool ITransformer.IsRowToRowMapper => true;

    internal BoundColumn[] InputColumns => BoundColumn.Bind(typeof(TSrc), input, SchemaDefinition.Direction.Both);

    internal BoundColumn[] OutputColumns { get; }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Map(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input)
    {
        Check.NotNull(input, nameof(input));
        return new MappedView(input, Map(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Map(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException(ModelSaveContext.Unsupported);

    private RowMap Map(DataViewSchema schema)
    {
        Check.NotNull(schema, nameof(schema));
        return new CustomMap<TSrc, TDst>(schema, new ObjectReader<TSrc>(schema, false, input), OutputColumns, action);
    }
}
