using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Maps values to other values by a table of known types.</summary>
public sealed class ValueMappingEstimator<TKey, TValue> : ValueMappingEstimator
{
    internal ValueMappingEstimator(IEnumerable<KeyValuePair<TKey, TValue>> pairs, InputOutputColumnPair column)
        : base(Transformation(pairs, column))
    {
    }

    private static ValueMappingTransformer Transformation(
        IEnumerable<KeyValuePair<TKey, TValue>> pairs, InputOutputColumnPair column)
    {
        var (key, value) = (RawTypes.ItemTypeOf(typeof(TKey)), RawTypes.ItemTypeOf(typeof(TValue)));
        Check.State(key != null && value != null, $"Unsupported type {typeof(TKey)} or {typeof(TValue)} in a mapping");
        var table = pairs.ToDictionary(pair => Comparable(pair.Key), pair => Raw(pair.Value));
        return new(key, value, input => (Func<DataViewRow, Delegate>)ByType.Call(
            Getter<int, int>, [key.RawType, value.RawType], input, table), column);
    }

    private static Func<DataViewRow, Delegate> Getter<TRawKey, TRawValue>(
        DataViewSchema.Column column, Dictionary<object, object> table) => row =>
        {
            var get = row.GetGetter<TRawKey>(row.Schema[column.Index]);
            TRawKey key = default;
            return (ValueGetter<TRawValue>)((ref TRawValue value) =>
            {
                get(ref key);
                value = table.TryGetValue(Comparable(key), out var found) ? (TRawValue)found : default;
            });
        };

    // Text is compared by its characters, which ReadOnlyMemory does not do.
    private static object Comparable(object value) => value is ReadOnlyMemory<char> text ? text.ToString() : value;

    private static object Raw(object value) => value is string text ? text.AsMemory() : value;
}
