using System.Collections;

namespace OnnxGraphs.Graphs;

/// <summary>The fixed dimensions of a tensor; a scalar has none.</summary>
public sealed class TensorShape : IReadOnlyList<long>, IEquatable<TensorShape>
{
    /// <summary>No tensor has more elements: 4 TB of floats. Products of dimensions cannot overflow then.</summary>
    private const long MostElements = 1L << 40;

    private readonly long[] _dims;

    /// <summary>A shape of the given dimensions, each zero or more.</summary>
    /// <exception cref="GraphException">A dimension is negative, or there are more than 2^40 elements.</exception>
    public TensorShape(params ReadOnlySpan<long> dims)
    {
        var size = 1L;
        foreach (var dim in dims)
        {
            if (dim < 0)
                throw new GraphException($"Dimension {dim} in shape [{string.Join(", ", dims.ToArray())}] is "
                    + "negative.");
            // Axes of no elements aside, so that every product of some dimensions is bounded.
            size = dim == 0 ? size : dim <= MostElements / size ? size * dim : throw new GraphException(
                $"Shape [{string.Join(", ", dims.ToArray())}] has more than 2^40 elements.");
        }
        _dims = dims.ToArray();
        Size = SizeOf(..);
    }

    /// <summary>The shape without dimensions: one element.</summary>
    public static TensorShape Scalar { get; } = new();

    /// <summary>Number of dimensions.</summary>
    public int Rank => _dims.Length;

    /// <summary>Number of elements: the product of the dimensions.</summary>
    public long Size { get; }

    /// <summary>
    /// Product of the dimensions in a range: <c>SizeOf(2..)</c> counts the pixels of a map [N, C, H, W].
    /// </summary>
    public long SizeOf(Range axes)
    {
        var size = 1L;
        foreach (var dim in _dims.AsSpan(axes))
            size *= dim;
        return size;
    }

    /// <inheritdoc/>
    public int Count => _dims.Length;

    /// <summary>A dimension; negative axes count from the end.</summary>
    public long this[int axis] => _dims[Axis(axis)];

    /// <summary>The dimensions as a new array.</summary>
    public long[] ToArray() => [.. _dims];

    /// <summary>The dimensions, not copied.</summary>
    internal ReadOnlySpan<long> AsSpan() => _dims;

    /// <summary>A non-negative axis from one that may count from the end.</summary>
    public int Axis(long axis)
    {
        var positive = axis < 0 ? axis + Rank : axis;
        return positive >= 0 && positive < Math.Max(Rank, 1)
            ? (int)positive
            : throw new GraphException($"Axis {axis} is outside shape {this} of rank {Rank}.");
    }

    /// <summary>The shape with one dimension replaced.</summary>
    public TensorShape With(int axis, long dim)
    {
        var dims = ToArray();
        dims[Axis(axis)] = dim;
        return new(dims);
    }

    /// <summary>
    /// The common shape of two operands under ONNX's (NumPy's) broadcasting; null where they do not fit.
    /// </summary>
    public static TensorShape? Broadcast(TensorShape a, TensorShape b)
    {
        var rank = Math.Max(a.Rank, b.Rank);
        var dims = new long[rank];
        for (var i = 1; i <= rank; i++)
        {
            var (p, q) = (i <= a.Rank ? a._dims[^i] : 1, i <= b.Rank ? b._dims[^i] : 1);
            if (p != q && p != 1 && q != 1)
                return null;
            dims[^i] = p == 1 ? q : p;
        }
        return new(dims);
    }

    /// <inheritdoc/>
    public bool Equals(TensorShape? other) => other is not null && _dims.AsSpan().SequenceEqual(other._dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TensorShape);

    /// <inheritdoc/>
    public override int GetHashCode() => _dims.Aggregate(17, HashCode.Combine);

    /// <summary>Equality of all dimensions.</summary>
    public static bool operator ==(TensorShape a, TensorShape b) => a.Equals(b);

    /// <summary>Inequality of any dimension.</summary>
    public static bool operator !=(TensorShape a, TensorShape b) => !a.Equals(b);

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator() => _dims.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>For example <c>[8, 3, 240, 320]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", _dims)}]";
}
