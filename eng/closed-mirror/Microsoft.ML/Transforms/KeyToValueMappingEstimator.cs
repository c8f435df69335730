using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Maps keys to their values.</summary>
public sealed class KeyToValueMappingEstimator : TrivialEstimator<KeyToValueMappingTransformer>
{
    internal KeyToValueMappingEstimator(params IReadOnlyList<InputOutputColumnPair> columns)
        : base(new KeyToValueMappingTransformer(columns))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        return inputSchema.With([.. Transformer.Columns.Select(
            pair => Output(inputSchema.Input(pair.InputColumnName), pair.OutputColumnName))]);
    }

    private static SchemaShape.Column Output(SchemaShape.Column input, string name)
    {
        if (!input.IsKey)
            throw Check.ColumnType("inputSchema", "input", input.Name, "a key", input.ItemType.ToString());
        var values = input.Annotations.Find(SchemaAnnotationsExtensions.KeyValues) ??
            throw new ArgumentOutOfRangeException("inputSchema", $"Column '{input.Name}' has no annotation KeyValues");
        var slotNames = input.Annotations.Where(annotation => annotation.Name == SchemaAnnotationsExtensions.SlotNames);
        return new(name, input.Kind, values.ItemType, values.IsKey, new(slotNames));
    }
}
