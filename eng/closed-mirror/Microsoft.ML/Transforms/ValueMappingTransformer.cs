using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Maps values to other values by a table; a value that is not in it becomes the default one.</summary>
public class ValueMappingTransformer : OneToOneTransformerBase
{
    private readonly PrimitiveDataViewType key;
    private readonly Func<DataViewSchema.Column, Func<DataViewRow, Delegate>> getters;

    internal ValueMappingTransformer(
        PrimitiveDataViewType key, PrimitiveDataViewType value,
        Func<DataViewSchema.Column, Func<DataViewRow, Delegate>> getters,
        params IReadOnlyList<InputOutputColumnPair> columns) : base(columns)
    {
        (this.key, Value, this.getters) = (key, value, getters);
    }

    internal PrimitiveDataViewType Value { get; }

    private protected override OneToOneColumn Column(string name, int index, DataViewSchema.Column input)
    {
        if (!input.Type.Equals(key))
            throw Check.ColumnType("inputSchema", "input", input.Name, key.ToString(), input.Type.ToString());
        return new(new(name, Value), input.Index, getters(input));
    }
}
