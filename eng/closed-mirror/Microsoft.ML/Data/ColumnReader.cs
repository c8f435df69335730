using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>One column of a view as a sequence, in the forms that ML.NET offers.</summary>
internal static class ColumnReader
{
    public static IEnumerable<T> Values<T>(IDataView data, DataViewSchema.Column column)
    {
        if (column.Type.RawType == typeof(T))
            return Read<T, T>(data, column, value => value);
        if (typeof(T) == typeof(string) && column.Type is TextDataViewType)
            return (IEnumerable<T>)Read<ReadOnlyMemory<char>, string>(data, column, text => text.ToString());
        if (typeof(T).IsArray && column.Type is VectorDataViewType vector)
        {
            if (typeof(T) == typeof(string[]) && vector.ItemType is TextDataViewType)
                return (IEnumerable<T>)Read<VBuffer<ReadOnlyMemory<char>>, string[]>(data, column, Texts);
            if (typeof(T).GetElementType() == vector.ItemType.RawType)
                return (IEnumerable<T>)ByType.Call(Arrays<int>, vector.ItemType.RawType, data, column);
        }
        throw new ArgumentOutOfRangeException(nameof(column), $"Cannot map column '{column}' to {typeof(T)}");
    }

    private static IEnumerable<T[]> Arrays<T>(IDataView data, DataViewSchema.Column column) =>
        Read<VBuffer<T>, T[]>(data, column, value => [.. value.DenseValues()]);

    private static string[] Texts(VBuffer<ReadOnlyMemory<char>> value) =>
        [.. value.DenseValues().Select(text => text.ToString())];

    // The raw value is one variable for all rows: vectors share its arrays, as they do in ML.NET.
    private static IEnumerable<TResult> Read<T, TResult>(
        IDataView data, DataViewSchema.Column column, Func<T, TResult> convert)
    {
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<T>(column);
        T value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            yield return convert(value);
        }
    }
}
