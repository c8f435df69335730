using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Copies columns.</summary>
public sealed class ColumnCopyingEstimator : TrivialEstimator<ColumnCopyingTransformer>
{
    internal ColumnCopyingEstimator(params IReadOnlyList<InputOutputColumnPair> columns)
        : base(new ColumnCopyingTransformer(columns))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        return inputSchema.With([.. Transformer.Columns.Select(pair =>
            inputSchema.Input(pair.InputColumnName).Renamed(pair.OutputColumnName))]);
    }
}
