using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Maps keys to the values that the column's annotations name.</summary>
public sealed class KeyToValueMappingTransformer : OneToOneTransformerBase
{
    internal KeyToValueMappingTransformer(IReadOnlyList<InputOutputColumnPair> columns) : base(columns)
    {
    }

    private protected override OneToOneColumn Column(string name, int index, DataViewSchema.Column input)
    {
        var vector = input.Type as VectorDataViewType;
        var key = (vector?.ItemType ?? input.Type) as KeyDataViewType;
        var named = input.Annotations.Schema.GetColumnOrNull(SchemaAnnotationsExtensions.KeyValues);
        var values = named?.Type as VectorDataViewType;
        Check.State(key != null, $"Column '{input.Name}' must be a key or a vector of keys, but is {input.Type}");
        Check.State(values != null, $"Column '{input.Name}' has no annotation KeyValues");
        Check.State((ulong)values.Size == key.Count,
            $"Column '{input.Name}' has {key.Count} keys, but {values.Size} KeyValues");
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(input.Annotations, kind => kind == SchemaAnnotationsExtensions.SlotNames);
        DataViewType type = vector is null
            ? values.ItemType
            : new VectorDataViewType(values.ItemType, vector.Dimensions);
        var getter = (Func<DataViewRow, Delegate>)ByType.Call(
            Getter<int, int>, [key.RawType, values.ItemType.RawType], input, vector != null);
        return new(new(name, type, annotations.ToAnnotations()), input.Index, getter);
    }

    private static Func<DataViewRow, Delegate> Getter<TKey, TValue>(DataViewSchema.Column column, bool isVector)
    {
        VBuffer<TValue> buffer = default;
        column.GetKeyValues(ref buffer);
        TValue[] values = [.. buffer.DenseValues()];
        var missing = Missing<TValue>();
        return row => isVector ? Vector(row) : Scalar(row);

        TValue Value(TKey key)
        {
            var number = Convert.ToUInt64(key);
            return 0 < number && number <= (ulong)values.Length ? values[number - 1] : missing;
        }

        Delegate Scalar(DataViewRow row)
        {
            var get = row.GetGetter<TKey>(row.Schema[column.Index]);
            TKey key = default;
            return (ValueGetter<TValue>)((ref TValue value) =>
            {
                get(ref key);
                value = Value(key);
            });
        }

        Delegate Vector(DataViewRow row)
        {
            var get = row.GetGetter<VBuffer<TKey>>(row.Schema[column.Index]);
            VBuffer<TKey> keys = default;
            return (ValueGetter<VBuffer<TValue>>)((ref VBuffer<TValue> result) =>
            {
                get(ref keys);
                var editor = VBufferEditor.Create(ref result, keys.Length);
                editor.Values.Fill(missing);
                foreach (var (index, key) in keys.Items())
                    editor.Values[index] = Value(key);
                result = editor.Commit();
            });
        }
    }

    private static T Missing<T>() => default(T) switch
    {
        float => (T)(object)float.NaN,
        double => (T)(object)double.NaN,
        var value => value,
    };
}
