namespace OnnxGraphs.Graphs;

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element; throws for text.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => 1,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 => 8,
        _ => throw new GraphException($"Tensors of {type} have no fixed element size."),
    };

    /// <summary>Whether tensors of this type have a fixed element size, and so can be held in memory here.</summary>
    public static bool IsKnown(this ElementType type) => type is not ElementType.Text && Enum.IsDefined(type);

    /// <summary>Whether gradients flow through values of this type.</summary>
    public static bool IsFloat(this ElementType type) =>
        type is ElementType.Float32 or ElementType.Float64 or ElementType.Float16 or ElementType.BFloat16;

    /// <summary>The least and the greatest number of an integer type of up to 32 bits; null for other types.</summary>
    public static (long Least, long Most)? Limits(this ElementType type) => type switch
    {
        ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
        ElementType.Int16 => (short.MinValue, short.MaxValue),
        ElementType.UInt16 => (ushort.MinValue, ushort.MaxValue),
        ElementType.Int32 => (int.MinValue, int.MaxValue),
        ElementType.UInt32 => (uint.MinValue, uint.MaxValue),
        _ => null,
    };

    /// <summary>The element type of a .NET primitive.</summary>
    public static ElementType Of<T>() where T : unmanaged => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Single => ElementType.Float32,
        TypeCode.Double => ElementType.Float64,
        TypeCode.Int64 => ElementType.Int64,
        TypeCode.Int32 => ElementType.Int32,
        TypeCode.Byte => ElementType.UInt8,
        TypeCode.SByte => ElementType.Int8,
        TypeCode.Boolean => ElementType.Bool,
        _ when typeof(T) == typeof(Half) => ElementType.Float16,
        _ => throw new GraphException($"Tensors of {typeof(T).Name} are not supported; use float, long, int, "
            + "byte or bool."),
    };
}
