using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>Slices of x along an axis at the given indices.</summary>
    public static Var Gather(Var x, Var indices, int axis = 0) =>
        Apply("Gather", [x, indices], new() { { "axis", axis } });

    /// <summary>One element of x for each element of indices, which replaces the coordinate on the axis.</summary>
    public static Var GatherElements(Var x, Var indices, int axis) =>
        Apply("GatherElements", [x, indices], new() { { "axis", axis } });

    /// <summary>
    /// The k largest elements along an axis in descending order and their indices; the lowest index first at a tie. Not
    /// sorted they come in any order, and sooner where k is large.
    /// </summary>
    public static (Var Values, Var Indices) TopK(Var x, long k, int axis = -1, bool sorted = true)
    {
        Attributes attributes = new() { { "axis", axis } };
        if (!sorted)
            attributes.Add("sorted", 0);
        var outputs = Apply("TopK", [x, x.Graph.Constant(k)], attributes, 2);
        return (outputs[0], outputs[1]);
    }

    /// <summary>TopK with a k that the graph computes, Int64 [1]: the axis is k long when it runs, its shape states the
    /// bound.
    /// For order and masks only: no gradient rule.</summary>
    internal static (Var Values, Var Indices) TopKAtMost(Var x, Var k, int axis = -1)
    {
        var outputs = Apply("TopK", [x, k], new() { { "axis", axis } }, 2);
        return (outputs[0], outputs[1]);
    }

    /// <summary>
    /// 1 at the index of each element on a new last axis, 0 elsewhere. Negative indices count from the end.
    /// </summary>
    public static Var OneHot(Var indices, long depth, ElementType type = ElementType.Float32)
    {
        var range = type == ElementType.Float32 ? Tensor.Vector(0f, 1f)
            : throw new GraphException($"OneHot of {type} is not supported; cast its Float32 result.");
        return Apply("OneHot",
            [indices, indices.Graph.Constant(Tensor.Scalar(ElementType.Int64, depth)), indices.Graph.Constant(range)],
            new() { { "axis", -1 } });
    }

    private static OperatorTable Selection() => new()
    {
        ["Gather"]          = new(GatherShape, GatherGradient),
        ["GatherElements"]  = new(GatherElementsShape, (dy, x, y) =>
                                  [ScatterElements(Filled(dy.Graph, x[0].Shape, 0), x[1], dy, Place(x), "add"), null]),
        ["TopK"]            = new(TopKShape, TopKGradient) { Remark = "k constant" },
        ["OneHot"]          = Operator.Flat(OneHotShape, Places),
    };

    private static int Place(Node x) => x[0].Shape.Axis(x.Attributes.Int("axis", 0));

    private static IReadOnlyList<TypedShape> GatherShape(Node x)
    {
        var axis = Place(x);
        Expect(x, IsIndex(x[1]), $"integer indices, found {x[1].Type}");
        return [new(x[0].Type, new([.. x[0].Shape.Take(axis), .. x[1].Shape, .. x[0].Shape.Skip(axis + 1)]))];
    }

    private static IReadOnlyList<TypedShape> GatherElementsShape(Node x)
    {
        x[0].Shape.Axis(Place(x));
        Expect(x, IsIndex(x[1]) && x[1].Shape.Rank == x[0].Shape.Rank, "integer indices of the same rank as the input");
        return [new(x[0].Type, x[1].Shape)];
    }

    private static Var?[] GatherGradient(Var dy, Node x, Var y)
    {
        var axis = Place(x);
        var (before, after) = (x[0].Shape.Take(axis), x[0].Shape.Skip(axis + 1));
        var rows = Reshape(dy, new TensorShape([.. before, x[1].Shape.Size, .. after]));
        var indices = Cast(Reshape(x[1], new TensorShape(x[1].Shape.Size)), ElementType.Int64);
        return [AddRows(rows, indices, axis, x[0].Shape[axis]), null];
    }

    private static IReadOnlyList<TypedShape> TopKShape(Node x)
    {
        var axis = x[0].Shape.Axis(x.Attributes.Int("axis", -1));
        var k = x[1].DependsOnInput ? x[0].Shape[axis] : x.Constant(1).ToInt64()[0];
        Expect(x, k >= 0 && k <= x[0].Shape[axis], $"at most {x[0].Shape[axis]} elements to choose, found {k}");
        var shape = x[0].Shape.With(axis, k);
        return [new(x[0].Type, shape), new(ElementType.Int64, shape)];
    }

    private static Var?[] TopKGradient(Var dy, Node x, Var y) => x[1].DependsOnInput
        ? throw new GraphException($"{x}: TopK has a gradient rule for a constant k only.")
        : [ScatterElements(Filled(dy.Graph, x[0].Shape, 0), x.Outputs[1], dy,
            x[0].Shape.Axis(x.Attributes.Int("axis", -1)), "add")];

    private static IReadOnlyList<TypedShape> OneHotShape(Node x)
    {
        var axis = (int)x.Attributes.Int("axis", -1);
        var dims = x[0].Shape.ToList();
        dims.Insert(axis < 0 ? axis + dims.Count + 1 : axis, x.Constant(1).ToInt64()[0]);
        return [new(x[2].Type, new([.. dims]))];
    }
}
