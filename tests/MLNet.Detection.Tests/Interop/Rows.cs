using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Tests.Interop;

/// <summary>Reads columns of views in the order of their rows.</summary>
internal static class Rows
{
    public static List<T[]> Vectors<T>(IDataView view, string column, Random? random = null) =>
        Values(view, column, (VBuffer<T> value) => value.DenseValues().ToArray(), random);

    public static List<T> Values<T>(IDataView view, string column) => Values(view, column, (T value) => value, null);

    public static T Value<T>(DataViewRow row, string column)
    {
        T value = default!;
        row.GetGetter<T>(row.Schema[column])(ref value);
        return value;
    }

    public static T[] Vector<T>(DataViewRow row, string column) => [.. Value<VBuffer<T>>(row, column).DenseValues()];

    private static List<TResult> Values<T, TResult>(
        IDataView view, string column, Func<T, TResult> convert, Random? random)
    {
        using var cursor = view.GetRowCursor([view.Schema[column]], random);
        var getter = cursor.GetGetter<T>(view.Schema[column]);
        var (result, value) = (new List<TResult>(), default(T)!);
        while (cursor.MoveNext())
        {
            getter(ref value);
            result.Add(convert(value));
        }
        return result;
    }
}
