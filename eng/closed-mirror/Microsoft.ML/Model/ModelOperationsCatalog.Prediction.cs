using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML;

public sealed partial class ModelOperationsCatalog
{
    /// <summary>Predicts row by row. The transformer must map row to row, and is disposed with the engine.</summary>
    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer,
        bool ignoreMissingColumns = true, SchemaDefinition inputSchemaDefinition = null,
        SchemaDefinition outputSchemaDefinition = null) where TSrc : class where TDst : class, new() =>
        CreatePredictionEngine<TSrc, TDst>(transformer, new PredictionEngineOptions
        {
            IgnoreMissingColumns = ignoreMissingColumns,
            InputSchemaDefinition = inputSchemaDefinition,
            OutputSchemaDefinition = outputSchemaDefinition,
        });

    /// <summary>Predicts row by row, the members of the input class having the types of a schema.</summary>
    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(
        ITransformer transformer, DataViewSchema inputSchema) where TSrc : class where TDst : class, new() =>
        CreatePredictionEngine<TSrc, TDst>(transformer, new PredictionEngineOptions
        {
            IgnoreMissingColumns = false,
            InputSchemaDefinition = BoundColumn.DefinitionOf(typeof(TSrc), inputSchema),
        });

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(
        ITransformer transformer, PredictionEngineOptions options) where TSrc : class where TDst : class, new()
    {
        Check.NotNull(transformer, nameof(transformer));
        Check.Argument(transformer.IsRowToRowMapper, nameof(transformer), "Must be a row to row mapper");
        return new(transformer, options);
    }
}
