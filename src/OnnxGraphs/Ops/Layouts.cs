using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>Axes in another order.</summary>
    public static Var Transpose(Var x, params long[] order) => Apply("Transpose", [x], new() { { "perm", order } });

    /// <summary>x repeated along axes of size 1 to fill the shape.</summary>
    public static Var Expand(Var x, TensorShape shape) =>
        x.Shape == shape ? x
        // ONNX Runtime 1.29 expands [1] to [0] as [1].
        : shape.Size == 0 ? x.Graph.Constant(new Tensor(x.Type, shape, []))
        : Apply("Expand", [x, x.Graph.Constant(shape.ToArray())]);

    private static OperatorTable Layouts() => new()
    {
        ["Transpose"] = new(x => [new(x[0].Type, new([.. Order(x).Select(axis => x[0].Shape[(int)axis])]))],
                            (dy, x, y) => [Transpose(dy, Inverse(Order(x)))]),
        ["Expand"]    = new(x => [new(x[0].Type, ExpandShape(x))], (dy, x, y) => [dy]),
        ["Tile"]      = new(x => [new(x[0].Type, TileShape(x))], (dy, x, y) => [TileGradient(dy, x)]),
        ["Trilu"]     = new(TriluShape, (dy, x, y) => [TriluGradient(dy, x)]),
        ["DepthToSpace"] = new(DepthToSpaceShape, DepthToSpaceGradient),
        ["SpaceToDepth"] = new(SpaceToDepthShape, (dy, x, y) =>
                            [Apply("DepthToSpace", [dy], new() { { "blocksize", x.Attributes.Int("blocksize", 1) } })]),
    };

    private static IReadOnlyList<TypedShape> TriluShape(Node x)
    {
        Expect(x, x[0].Shape.Rank >= 2, "matrices");
        return Same(x);
    }

    // The same half of dy.
    private static Var TriluGradient(Var dy, Node x) => Apply("Trilu",
        x.Optional(1) is { } k ? [dy, k] : [dy], x.Attributes);

    private static long[] Order(Node x)
    {
        var axes = Enumerable.Range(0, x[0].Shape.Rank).Select(i => (long)i).ToArray();
        var order = x.Attributes.Ints("perm") ?? [.. axes.Reverse()];
        Expect(x, order.Order().SequenceEqual(axes), $"each axis once, found the order [{string.Join(", ", order)}]");
        return order;
    }

    private static long[] Inverse(long[] order)
    {
        var inverse = new long[order.Length];
        for (var i = 0; i < order.Length; i++)
            inverse[order[i]] = i;
        return inverse;
    }

    private static TensorShape ExpandShape(Node x) =>
        TensorShape.Broadcast(x[0].Shape, new(x.Constant(1).ToInt64())) ?? throw new GraphException(
            $"{x}: {x[0].Shape} cannot be expanded to [{string.Join(", ", x.Constant(1).ToInt64())}].");

    private static TensorShape TileShape(Node x)
    {
        var repeats = x.Constant(1).ToInt64();
        Expect(x, repeats.Length == x[0].Shape.Rank, $"a count for each axis, found [{string.Join(", ", repeats)}]");
        return new([.. x[0].Shape.Zip(repeats, (dim, count) => dim * count)]);
    }

    // View each tiled axis d n as [n, d] and sum over n.
    private static Var TileGradient(Var dy, Node x)
    {
        var repeats = x.Constant(1).ToInt64();
        var pairs = x[0].Shape.SelectMany((dim, i) => new[] { repeats[i], dim }).ToArray();
        var axes = Enumerable.Range(0, repeats.Length).Select(i => 2L * i).ToArray();
        return ReduceSum(Reshape(dy, pairs), axes, keep: false);
    }

    private static IReadOnlyList<TypedShape> DepthToSpaceShape(Node x)
    {
        var (s, b) = (x[0].Shape, x.Attributes.Int("blocksize", 1));
        return s.Rank == 4 && s[1] % (b * b) == 0 ? [new(x[0].Type, new(s[0], s[1] / (b * b), s[2] * b, s[3] * b))]
            : throw new GraphException($"{x}: expected [N, C, H, W] with channels in blocks of {b} x {b}.");
    }

    private static IReadOnlyList<TypedShape> SpaceToDepthShape(Node x)
    {
        var (s, b) = (x[0].Shape, x.Attributes.Int("blocksize", 1));
        return s.Rank == 4 && s[2] % b == 0 && s[3] % b == 0
            ? [new(x[0].Type, new(s[0], s[1] * b * b, s[2] / b, s[3] / b))]
            : throw new GraphException($"{x}: expected [N, C, H, W] with space in blocks of {b} x {b}.");
    }

    // SpaceToDepth inverts mode DCR; mode CRD is written out.
    private static Var?[] DepthToSpaceGradient(Var dy, Node x, Var y)
    {
        var (s, b) = (x[0].Shape, x.Attributes.Int("blocksize", 1));
        if (x.Attributes.Text("mode", "DCR") == "DCR")
            return [Apply("SpaceToDepth", [dy], new() { { "blocksize", b } })];
        var blocks = Reshape(dy, s[0], s[1] / (b * b), s[2], b, s[3], b);
        return [Reshape(Transpose(blocks, 0, 1, 3, 5, 2, 4), s)];
    }
}
