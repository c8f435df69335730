using OnnxGraphs.Graphs;

namespace OnnxGraphs.Surgery;

/// <summary>Where a value holds the columns of a map: in steps of <paramref name="Sub"/> along an axis.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Sub">Entries of the axis from a column to the next: 1, or the anchors where those lie together.</param>
/// <param name="Columns">Columns before another.</param>
/// <param name="First">The first class column.</param>
/// <param name="Classes">Class columns.</param>
internal sealed record ColumnPlace(int Axis, long Sub, int Columns, int First, int Classes)
{
    /// <summary>Whether the axis holds nothing but the columns, once.</summary>
    public bool Alone(TensorShape shape) => Sub == 1 && shape[Axis] == Columns;

    /// <summary>
    /// The place after a change of shape: the axis whose entries lie as far apart in memory; of several the last, as an
    /// axis of one column is as far apart as the one before it.
    /// </summary>
    public ColumnPlace Reshaped(TensorShape before, TensorShape after)
    {
        static long Stride(TensorShape shape, int axis) => shape.SizeOf((axis + 1)..);
        var distance = Stride(before, Axis) * Sub;
        for (var i = after.Rank - 1; i >= 0; i--)
            if (Stride(after, i) <= distance && (distance < Stride(after, i) * after[i] || distance == Stride(after, i)))
                return this with { Axis = i, Sub = distance / Stride(after, i) };
        return this with { Axis = 0, Sub = 1 };
    }
}
