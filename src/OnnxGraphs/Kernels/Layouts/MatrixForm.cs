using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels.Layouts;

/// <summary>Matrices of one size, one behind the other, that a Transpose turns over.</summary>
internal sealed record MatrixForm(int Count, int Rows, int Columns)
{
    /// <summary>
    /// The matrices of a permutation that keeps the first axes and exchanges two groups of neighbouring ones; null for
    /// another. Axes of size 1 do not count.
    /// </summary>
    public static MatrixForm? Of(TensorShape shape, IReadOnlyList<long> permutation)
    {
        var axes = permutation.Where(axis => shape[(int)axis] > 1).ToList();
        var sorted = axes.Order().ToList();
        var kept = axes.Zip(sorted).TakeWhile(pair => pair.First == pair.Second).Count();
        var rows = axes.Count == kept ? 0 : sorted.IndexOf(axes[kept]) - kept;
        if (rows <= 0 || !axes.Skip(kept).SequenceEqual(sorted.Skip(kept + rows).Concat(sorted.Skip(kept).Take(rows))))
            return null;
        return new(Size(sorted.Take(kept)), Size(sorted.Skip(kept).Take(rows)), Size(sorted.Skip(kept + rows)));

        int Size(IEnumerable<long> some) => (int)some.Aggregate(1L, (size, axis) => size * shape[(int)axis]);
    }
}
