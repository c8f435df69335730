namespace Microsoft.ML.Data;

/// <summary>Annotations that have a meaning across ML.NET.</summary>
public static class SchemaAnnotationsExtensions
{
    internal const string KeyValues = "KeyValues";
    internal const string SlotNames = "SlotNames";

    /// <summary>Whether the slots of a vector of known size have names.</summary>
    public static bool HasSlotNames(this DataViewSchema.Column column) =>
        column.Type is VectorDataViewType { IsKnownSize: true } vector &&
        column.Annotations.Schema.GetColumnOrNull(SlotNames)?.Type is
            VectorDataViewType { ItemType: TextDataViewType } names && names.Size == vector.Size;

    public static void GetSlotNames(this DataViewSchema.Column column, ref VBuffer<ReadOnlyMemory<char>> slotNames) =>
        column.Annotations.GetValue(SlotNames, ref slotNames);

    /// <summary>Whether the keys point into known values, which are text unless another type is named.</summary>
    public static bool HasKeyValues(this DataViewSchema.Column column, PrimitiveDataViewType keyValueItemType = null) =>
        ((column.Type as VectorDataViewType)?.ItemType ?? column.Type) is KeyDataViewType key &&
        column.Annotations.Schema.GetColumnOrNull(KeyValues)?.Type is VectorDataViewType values &&
        (ulong)values.Size == key.Count && values.ItemType.Equals(keyValueItemType ?? TextDataViewType.Instance);

    /// <summary>The values that keys point into: key 1 is the first one.</summary>
    public static void GetKeyValues<TValue>(this DataViewSchema.Column column, ref VBuffer<TValue> keyValues) =>
        column.Annotations.GetValue(KeyValues, ref keyValues);
}
