using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Makes tables for the item types that have keys.</summary>
internal static class ValueTable
{
    public static PrimitiveDataViewType ItemOf(DataViewSchema.Column column) =>
        ((column.Type as VectorDataViewType)?.ItemType ?? column.Type) as PrimitiveDataViewType is { } item
        and not KeyDataViewType
            ? item
            : throw Check.ColumnType("inputSchema", "input", column.Name, "text, numbers or truth values",
                column.Type.ToString());

    public static IValueTable For(PrimitiveDataViewType item) => item switch
    {
        TextDataViewType => new ValueTable<ReadOnlyMemory<char>>(
            item, TextComparer.Instance, TextComparer.Instance, text => text.IsEmpty),
        _ when item == NumberDataViewType.Single => Numbers<float>(item, float.IsNaN),
        _ when item == NumberDataViewType.Double => Numbers<double>(item, double.IsNaN),
        _ => (IValueTable)ByType.Call(Whole<int>, item.RawType, item),
    };

    private static IValueTable Whole<T>(PrimitiveDataViewType item) => Numbers<T>(item, _ => false);

    private static ValueTable<T> Numbers<T>(PrimitiveDataViewType item, Predicate<T> isMissing) =>
        new(item, EqualityComparer<T>.Default, Comparer<T>.Default, isMissing);
}
