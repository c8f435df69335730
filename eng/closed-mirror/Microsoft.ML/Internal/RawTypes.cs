using Microsoft.ML.Data;

namespace Microsoft.ML.Internal;

/// <summary>Which column type a .NET type stands for.</summary>
internal static class RawTypes
{
    /// <summary>The item type, or null when no column holds such values.</summary>
    public static PrimitiveDataViewType ItemTypeOf(Type raw) => Type.GetTypeCode(raw) switch
    {
        _ when raw.IsEnum => null,
        TypeCode.SByte => NumberDataViewType.SByte,
        TypeCode.Byte => NumberDataViewType.Byte,
        TypeCode.Int16 => NumberDataViewType.Int16,
        TypeCode.UInt16 => NumberDataViewType.UInt16,
        TypeCode.Int32 => NumberDataViewType.Int32,
        TypeCode.UInt32 => NumberDataViewType.UInt32,
        TypeCode.Int64 => NumberDataViewType.Int64,
        TypeCode.UInt64 => NumberDataViewType.UInt64,
        TypeCode.Single => NumberDataViewType.Single,
        TypeCode.Double => NumberDataViewType.Double,
        TypeCode.Boolean => BooleanDataViewType.Instance,
        TypeCode.String => TextDataViewType.Instance,
        _ when raw == typeof(ReadOnlyMemory<char>) => TextDataViewType.Instance,
        _ when raw == typeof(DataViewRowId) => RowIdDataViewType.Instance,
        _ => null,
    };

    /// <summary>The item of an array or a vector buffer; null for any other type.</summary>
    public static Type VectorItemOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VBuffer<>) ? type.GetGenericArguments()[0]
        : null;
}
