using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>A transformer that maps rows one by one. Only this assembly derives from it.</summary>
public abstract class RowToRowTransformerBase : ITransformer
{
    private protected RowToRowTransformerBase()
    {
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

    private protected abstract RowMap MakeMap(DataViewSchema inputSchema);

    private RowMap Map(DataViewSchema inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        return MakeMap(inputSchema);
    }
}
