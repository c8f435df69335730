using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    // Slices that one sum takes at once where the indices are known: longer rows of a reduction are no faster.
    private const int LongestSegment = 16;

    // A product with a one-hot matrix [rows, places] costs rows (2 ns + width / 50) a place, ScatterElements 20 ns and
    // more an element; the matrix takes 64 MiB at most.
    private const long RowsPerColumn = 8, MostColumns = 64, LargestMatrix = 1L << 24;

    /// <summary>
    /// Adds slice i of dy along an axis to slice indices[i] of zeros with the given number of slices. ScatterND(add)
    /// says the same, but ONNX Runtime's loses updates where indices repeat and there are several threads; these forms
    /// lose none, and add in the same order in every run. Known indices: sums of gathered segments, on GPUs too. Computed
    /// ones: a product for few rows, on GPUs too, else ScatterElements, whose order on a GPU is open.
    /// </summary>
    private static Var AddRows(Var dy, Var indices, int axis, long rows)
    {
        var shape = dy.Shape.With(axis, rows);
        if (dy.Shape.Size == 0 || rows == 0)
            return Zeros(dy, shape);
        if (indices.TryConstant() is { } known)
            return AddKnownRows(dy, Wrapped(known.ToInt64(), rows), axis, rows);
        var (places, width) = (dy.Shape[axis], dy.Shape.Size / dy.Shape[axis]);
        return rows <= RowsPerColumn * Math.Min(width, MostColumns) && rows * places <= LargestMatrix
            ? AddByProduct(dy, indices, axis, rows)
            : ScatterElements(Zeros(dy, shape), AlongAxis(indices, dy.Shape, axis), dy, axis, "add");
    }

    private static long[] Wrapped(long[] indices, long rows) => [.. indices.Select(i => -rows <= i && i < rows
        ? (i + rows) % rows : throw new GraphException($"Index {i} of a gather is outside of the {rows} that its input "
            + "has on that axis; export the model again."))];

    private static Var Zeros(Var like, TensorShape shape) => Cast(Filled(like.Graph, shape, 0), like.Type);

    // Indices repeated to the shape of the updates.
    private static Var AlongAxis(Var indices, TensorShape shape, int axis)
    {
        var line = Enumerable.Repeat(1L, shape.Rank).ToArray();
        line[axis] = shape[axis];
        return Expand(Reshape(indices, new TensorShape(line)), shape);
    }

    private static Var AddKnownRows(Var dy, long[] targets, int axis, long rows)
    {
        if (targets.Zip(targets.Skip(1)).All(pair => pair.Second == pair.First + 1))
        {
            var pads = new long[2 * dy.Shape.Rank];
            (pads[axis], pads[axis + dy.Shape.Rank]) = (targets[0], rows - targets[^1] - 1);
            return Pad(dy, pads);
        }
        for (; ; )
        {
            var segments = RowSegments.Of(targets, rows, LongestSegment);
            dy = SumSegments(dy, segments, axis);
            if (segments.IsLast)
                return dy;
            targets = segments.Targets;
        }
    }

    // Places that a segment does not fill point to a slice of zeros behind the others.
    private static Var SumSegments(Var dy, RowSegments segments, int axis)
    {
        var padded = segments.HasGaps ? Concat([dy, Zeros(dy, dy.Shape.With(axis, 1))], axis) : dy;
        var (count, length) = (segments.Targets.Length, segments.Length);
        var table = dy.Graph.Constant(Tensor.Of<long>(length == 1 ? new(count) : new(count, length), segments.Sources));
        var gathered = Gather(padded, table, axis);
        return length == 1 ? gathered : ReduceSum(gathered, [axis + 1], keep: false);
    }

    // [.., places, ..] to [.., rows, ..] by a matrix with a one where a place belongs to a row.
    private static Var AddByProduct(Var dy, Var indices, int axis, long rows)
    {
        var graph = dy.Graph;
        var (before, after) = (Product(dy.Shape.Take(axis)), Product(dy.Shape.Skip(axis + 1)));
        var numbers = graph.Constant(Tensor.Of<long>(new(rows, 1), [.. Enumerable.Range(0, (int)rows)
            .Select(i => (long)i)]));
        var wrapped = Apply("Mod", [indices, graph.Constant(Tensor.Scalar(ElementType.Int64, rows))]);
        var belongs = Cast(Equal(Unsqueeze(wrapped, 0), numbers), dy.Type);
        var sums = after == 1
            ? MatMul(Reshape(dy, new TensorShape(before, dy.Shape[axis])), Transpose(belongs, 1, 0))
            : MatMul(belongs, Reshape(dy, before == 1 ? new TensorShape(dy.Shape[axis], after)
                : new TensorShape(before, dy.Shape[axis], after)));
        return Reshape(sums, dy.Shape.With(axis, rows));
    }
}
