using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>Values joined along an axis.</summary>
    public static Var Concat(IReadOnlyList<Var> parts, int axis) =>
        parts.Count == 1 ? parts[0] : Apply("Concat", [.. parts], new() { { "axis", axis } });

    /// <summary>Elements start, start + step, ... below end along one axis.</summary>
    public static Var Slice(Var x, int axis, long start, long end, long step = 1) =>
        Slice(x, [axis], [start], [end], [step]);

    /// <summary>Elements start, start + step, ... below end along several axes.</summary>
    public static Var Slice(Var x, long[] axes, long[] starts, long[] ends, long[] steps) => Apply("Slice",
        [x, x.Graph.Constant(starts), x.Graph.Constant(ends), x.Graph.Constant(axes), x.Graph.Constant(steps)]);

    /// <summary>Parts of the given sizes along an axis.</summary>
    public static IReadOnlyList<Var> Split(Var x, int axis, params long[] sizes) =>
        Apply("Split", [x, x.Graph.Constant(sizes)], new() { { "axis", axis } }, sizes.Length);

    private const int MostParts = 65_536;

    private static OperatorTable Slicing() => new()
    {
        ["Concat"] = new(ConcatShape, ConcatGradient),
        ["Slice"]  = new(SliceShape, (dy, x, y) => [SliceGradient(dy, x)]),
        ["Split"]  = new(SplitShape, SplitGradient),
    };

    private static IReadOnlyList<TypedShape> ConcatShape(Node x)
    {
        var axis = x[0].Shape.Axis(x.Attributes.Int("axis", 0));
        foreach (var part in x.Inputs)
            if (part!.Type != x[0].Type || part.Shape.Rank != x[0].Shape.Rank
                || part.Shape.With(axis, 0) != x[0].Shape.With(axis, 0))
                throw new GraphException($"{x}: parts must agree in type and in all axes but {axis}.");
        return [new(x[0].Type, x[0].Shape.With(axis, x.Inputs.Sum(part => part!.Shape[axis])))];
    }

    private static Var?[] ConcatGradient(Var dy, Node x, Var y)
    {
        var axis = y.Shape.Axis(x.Attributes.Int("axis", 0));
        return x.Inputs.Count == 1 ? [dy] : [.. Split(dy, axis, [.. x.Inputs.Select(part => part!.Shape[axis])])];
    }

    /// <summary>
    /// Start, end (exclusive), step and count of a Slice along each axis of its input, with ONNX's clamping.
    /// </summary>
    private static (long Start, long Step, long Count)[] SliceRanges(Node x)
    {
        var shape = x[0].Shape;
        var (starts, ends) = (x.Constant(1).ToInt64(), x.Constant(2).ToInt64());
        var axes = x.Optional(3) is null ? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)]
            : x.Constant(3).ToInt64();
        var steps = x.Optional(4) is null ? [.. starts.Select(_ => 1L)] : x.Constant(4).ToInt64();
        Expect(x, ends.Length == starts.Length && axes.Length == starts.Length && steps.Length == starts.Length,
            "as many starts as ends, axes and steps");
        Expect(x, !steps.Contains(0), "steps other than 0");
        var ranges = shape.Select(dim => (Start: 0L, Step: 1L, Count: dim)).ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            var (dim, step) = (shape[(int)axes[i]], steps[i]);
            var (low, high) = step > 0 ? (0L, dim) : (-1L, dim - 1);
            var start = Math.Clamp(starts[i] < 0 ? starts[i] + dim : starts[i], step > 0 ? 0 : Math.Min(0, dim - 1),
                high);
            var end = Math.Clamp(ends[i] < 0 ? Math.Max(ends[i] + dim, -1) : ends[i], low, dim);
            var span = step > 0 ? end - start : start - end;
            ranges[shape.Axis(axes[i])] = (start, step, Math.Max(0, (span + Math.Abs(step) - 1) / Math.Abs(step)));
        }
        return ranges;
    }

    private static IReadOnlyList<TypedShape> SliceShape(Node x) =>
        [new(x[0].Type, new([.. SliceRanges(x).Select(range => range.Count)]))];

    // Step 1: padding. Another step: the slice is a choice of rows, undone by adding the rows back.
    private static Var SliceGradient(Var dy, Node x)
    {
        var (shape, ranges) = (x[0].Shape, SliceRanges(x));
        for (var axis = 0; axis < ranges.Length; axis++)
        {
            var (start, step, count) = ranges[axis];
            if (step == 1 || count == 0)
                continue;
            ExpectSmall(x, count);
            var rows = Enumerable.Range(0, (int)count).Select(i => start + i * step).ToArray();
            dy = AddRows(dy, dy.Graph.Constant(rows), axis, shape[axis]);
            ranges[axis] = (0, 1, shape[axis]);
        }
        var before = ranges.Select(range => range.Start);
        var after = ranges.Select((range, axis) => shape[axis] - range.Start - range.Count);
        return dy.Shape.Size == 0 ? Filled(dy.Graph, shape, 0) : Pad(dy, [.. before, .. after]);
    }

    private static IReadOnlyList<TypedShape> SplitShape(Node x)
    {
        var axis = x[0].Shape.Axis(x.Attributes.Int("axis", 0));
        var dim = x[0].Shape[axis];
        var parts = x.Attributes.Int("num_outputs", 0);
        Expect(x, parts <= MostParts, $"at most {MostParts} parts");
        var size = parts == 0 ? 0 : (dim + parts - 1) / parts;
        var sizes = x.Optional(1) is null
            ? [.. Enumerable.Range(0, (int)parts).Select(i => Math.Min(size, dim - i * size))]
            : x.Constant(1).ToInt64();
        return sizes.Sum() == dim ? [.. sizes.Select(part => new TypedShape(x[0].Type, x[0].Shape.With(axis, part)))]
            : throw new GraphException($"{x}: parts [{string.Join(", ", sizes)}] do not add up to {dim} on axis "
                + $"{axis}.");
    }

    private static Var?[] SplitGradient(IReadOnlyList<Var?> dy, Node x) =>
        [Concat([.. x.Outputs.Select((part, i) => dy[i] ?? Filled(part.Graph, part.Shape, 0))],
            x[0].Shape.Axis(x.Attributes.Int("axis", 0)))];
}
