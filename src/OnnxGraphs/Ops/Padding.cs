using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>
    /// x with zeros before and after each axis: [before of all axes, after of all axes]; negative counts crop.
    /// </summary>
    public static Var Pad(Var x, params long[] pads) =>
        pads.All(p => p == 0) ? x : Apply("Pad", [x, x.Graph.Constant(pads)]);

    private static OperatorTable Padding() => new()
    {
        ["Pad"] = new(PadShape, (dy, x, y) => [PadGradient(dy, x)]),
    };

    private static long[] Pads(Node x)
    {
        var (rank, pads) = (x[0].Shape.Rank, x.Constant(1).ToInt64());
        Expect(x, pads.Length == 2 * (x.Optional(3) is null ? rank : x.Constant(3).ToInt64().Length),
            $"a count before and one after each axis, found [{string.Join(", ", pads)}]");
        if (x.Optional(3) is null)
            return pads;
        var (axes, all) = (x.Constant(3).ToInt64(), new long[2 * rank]);
        for (var i = 0; i < axes.Length; i++)
            (all[x[0].Shape.Axis(axes[i])], all[x[0].Shape.Axis(axes[i]) + rank]) = (pads[i], pads[i + axes.Length]);
        return all;
    }

    private static IReadOnlyList<TypedShape> PadShape(Node x)
    {
        var pads = Pads(x);
        Expect(x, x.Attributes.Text("mode", "constant") == "constant" || !x[0].Shape.Contains(0),
            "values on each axis to repeat");
        return [new(x[0].Type, new([.. x[0].Shape.Select((dim, i) => dim + pads[i] + pads[i + x[0].Shape.Rank])]))];
    }

    private static Var PadGradient(Var dy, Node x)
    {
        var (mode, pads, rank) = (x.Attributes.Text("mode", "constant"), Pads(x), x[0].Shape.Rank);
        if (mode == "constant")
            return Pad(dy, [.. pads.Select(pad => -pad)]);
        for (var axis = 0; axis < rank; axis++)
            if (pads[axis] != 0 || pads[axis + rank] != 0)
                dy = AddRows(dy, dy.Graph.Constant(Sources(x, mode, axis, pads[axis], dy.Shape[axis])), axis,
                    x[0].Shape[axis]);
        return dy;
    }

    // From which place along an axis each padded one takes its value: the nearest, the mirrored or the repeated one.
    private static long[] Sources(Node x, string mode, int axis, long before, long padded)
    {
        ExpectSmall(x, padded);
        var (last, sources) = (x[0].Shape[axis] - 1, new long[padded]);
        for (var i = 0; i < padded; i++)
            sources[i] = mode switch
            {
                "edge" => Math.Clamp(i - before, 0, last),
                "reflect" => last == 0 ? 0 : last - Math.Abs(Modulo(i - before, 2 * last) - last),
                "wrap" => Modulo(i - before, last + 1),
                _ => throw new GraphException(
                    $"{x}: mode '{mode}' is not known; constant, edge, reflect and wrap are."),
            };
        return sources;
    }

    private static long Modulo(long i, long n) => (i % n + n) % n;
}
