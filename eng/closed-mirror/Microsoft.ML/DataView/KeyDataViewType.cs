using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>Indices into a set of <see cref="Count"/> values: 0 is missing, 1 the first value.</summary>
public sealed class KeyDataViewType : PrimitiveDataViewType
{
    /// <param name="type">byte, ushort, uint or ulong.</param>
    /// <param name="count">How many values the set has; at least 1, at most the type's maximum.</param>
    public KeyDataViewType(Type type, ulong count) : base(type)
    {
        Check.Argument(IsValidDataType(type), nameof(type), $"A key is byte, ushort, uint or ulong, got {type}");
        var most = ulong.MaxValue >> (64 - 8 * System.Runtime.InteropServices.Marshal.SizeOf(type));
        Check.Argument(0 < count && count <= most, nameof(count), $"A key count is 1 to {most}, got {count}");
        Count = count;
    }

    public KeyDataViewType(Type type, int count) : this(type, (ulong)Math.Max(count, 0))
    {
    }

    public ulong Count { get; }

    public static bool IsValidDataType(Type type) =>
        type == typeof(byte) || type == typeof(ushort) || type == typeof(uint) || type == typeof(ulong);

    public override bool Equals(DataViewType other) =>
        other is KeyDataViewType key && key.RawType == RawType && key.Count == Count;

    public override bool Equals(object other) => other is DataViewType type && Equals(type);

    public override int GetHashCode() => HashCode.Combine(RawType, Count);

    public override string ToString() => $"Key<{RawType.Name}, 0-{Count - 1}>";
}
