using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Maps values to other values by a table.</summary>
public class ValueMappingEstimator : TrivialEstimator<ValueMappingTransformer>
{
    internal ValueMappingEstimator(ValueMappingTransformer transformer) : base(transformer)
    {
    }

    public sealed override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        return inputSchema.With([.. Transformer.Columns.Select(pair => new SchemaShape.Column(
            pair.OutputColumnName, inputSchema.Input(pair.InputColumnName).Kind, Transformer.Value, false, null))]);
    }
}
