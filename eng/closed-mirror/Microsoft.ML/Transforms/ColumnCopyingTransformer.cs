using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Copies columns, annotations included.</summary>
public sealed class ColumnCopyingTransformer : OneToOneTransformerBase
{
    internal ColumnCopyingTransformer(IReadOnlyList<InputOutputColumnPair> columns) : base(columns)
    {
    }

    private protected override OneToOneColumn Column(string name, int index, DataViewSchema.Column input) =>
        new(new(name, input.Type, input.Annotations), input.Index, row => Getters.Of(row, input.Index));
}
