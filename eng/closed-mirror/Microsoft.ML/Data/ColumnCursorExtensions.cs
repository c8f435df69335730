using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>Reads one column as a sequence.</summary>
public static class ColumnCursorExtensions
{
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName)
    {
        Check.NotNull(data, nameof(data));
        return data.GetColumn<T>(data.Schema[columnName]);
    }

    /// <summary>
    /// The column's values as its raw type; a text column also as strings, a vector column also as arrays (copies).
    /// </summary>
    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        Check.NotNull(data, nameof(data));
        var own = data.Schema[column.Index];
        Check.Argument(own.Name == column.Name && own.Type == column.Type, nameof(column),
            $"Column {column.Index} of the data is '{own}', not '{column}'");
        return ColumnReader.Values<T>(data, own);
    }
}
