using System.Collections.Immutable;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>Vectors of one item type. A dimension of 0 varies from row to row.</summary>
public sealed class VectorDataViewType : StructuredDataViewType
{
    /// <param name="itemType">Type of the items.</param>
    /// <param name="size">Number of items, 0 when it varies.</param>
    public VectorDataViewType(PrimitiveDataViewType itemType, int size = 0)
        : this(itemType, ImmutableArray.Create(size))
    {
    }

    public VectorDataViewType(PrimitiveDataViewType itemType, params int[] dimensions)
        : this(itemType, dimensions?.ToImmutableArray() ?? [])
    {
    }

    public VectorDataViewType(PrimitiveDataViewType itemType, ImmutableArray<int> dimensions) : base(BufferOf(itemType))
    {
        Check.Argument(dimensions.Length > 0, nameof(dimensions), "A vector has at least one dimension");
        Check.Argument(dimensions.All(d => d >= 0), nameof(dimensions),
            "A dimension is not negative; 0 means it varies");
        ItemType = itemType;
        Dimensions = dimensions;
        Size = dimensions.Aggregate(1, (size, dimension) => checked(size * dimension));
    }

    public ImmutableArray<int> Dimensions { get; }

    /// <summary>Number of items, 0 when it varies.</summary>
    public int Size { get; }

    public bool IsKnownSize => Size > 0;

    public PrimitiveDataViewType ItemType { get; }

    public override bool Equals(DataViewType other) =>
        other is VectorDataViewType vector && vector.ItemType.Equals(ItemType) &&
        vector.Dimensions.AsSpan().SequenceEqual(Dimensions.AsSpan());

    public override bool Equals(object other) => other is DataViewType type && Equals(type);

    public override int GetHashCode() => HashCode.Combine(ItemType, Size, Dimensions.Length);

    public override string ToString() => Dimensions is [var only]
        ? only == 0 ? $"Vector<{ItemType}>" : $"Vector<{ItemType}, {only}>"
        : $"Vector<{ItemType}, {string.Join(", ", Dimensions.Select(d => d == 0 ? "*" : d.ToString()))}>";

    private static Type BufferOf(PrimitiveDataViewType itemType)
    {
        Check.NotNull(itemType, nameof(itemType));
        return typeof(VBuffer<>).MakeGenericType(itemType.RawType);
    }
}
