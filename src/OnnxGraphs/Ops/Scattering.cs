using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>
    /// x with updates written (or, with reduction "add", added) at indices that replace the coordinate on the axis.
    /// </summary>
    public static Var ScatterElements(Var x, Var indices, Var updates, int axis, string reduction = "none") =>
        Apply("ScatterElements", [x, indices, updates], new() { { "axis", axis }, { "reduction", reduction } });

    /// <summary>
    /// x with updates written (or combined by "add", "mul", "max" or "min") at places: the last axis of indices, Int64
    /// [..., depth], is a coordinate on the first axes of x; updates are [..., rest of x]. What is combined is written
    /// in other operators: ONNX Runtime's ScatterND with a reduction loses updates where places repeat and there are
    /// several threads.
    /// </summary>
    public static Var ScatterND(Var x, Var indices, Var updates, string reduction = "none")
    {
        if (reduction == "none")
            return Apply("ScatterND", [x, indices, updates]);
        var depth = (int)indices.Shape[-1];
        TensorShape wanted = new([.. indices.Shape.Take(indices.Shape.Rank - 1), .. x.Shape.Skip(depth)]);
        if (!IsIndex(indices) || depth > x.Shape.Rank || updates.Shape != wanted || updates.Type != x.Type)
            throw new GraphException($"ScatterND({x}, {indices}, {updates}): expected integer indices of at most "
                + $"{x.Shape.Rank} axes, and updates of shape {wanted} and the type of the input.");
        var (rows, width) = (Product(x.Shape.Take(depth)), Product(x.Shape.Skip(depth)));
        var places = FlatPlaces(indices, x.Shape);
        var flat = Reshape(updates, new TensorShape(places.Shape[0], width));
        if (reduction == "add")
            return x + Reshape(AddRows(flat, places, 0, rows), x.Shape);
        var whole = Reshape(x, new TensorShape(rows, width));
        return Reshape(ScatterElements(whole, AlongAxis(places, flat.Shape, 0), flat, 0, reduction), x.Shape);
    }

    private static OperatorTable Scattering() => new()
    {
        ["ScatterElements"] = new(ScatterElementsShape, ScatterGradient) { Remark = "reduction none or add" },
        ["GatherND"]        = new(x => [new(x[0].Type, GatherNDShape(x))], GatherNDGradient),
        ["ScatterND"]       = new(ScatterNDShape, ScatterNDGradient)
                                  { Remark = "reduction add is read as other operators" },
    };

    private static IReadOnlyList<TypedShape> ScatterElementsShape(Node x)
    {
        GatherElementsShape(x);
        Expect(x, x[2].Shape == x[1].Shape && x[2].Type == x[0].Type,
            "updates of the shape of the indices and the type of the input");
        return Same(x);
    }

    private static IReadOnlyList<TypedShape> ScatterNDShape(Node x)
    {
        Expect(x, x.Attributes.Text("reduction", "none") == "none",
            "no reduction: ONNX Runtime loses updates with one; call Op.ScatterND");
        var updates = GatherNDShape(x);
        Expect(x, x[2].Shape == updates && x[2].Type == x[0].Type,
            $"updates of shape {updates} and the type of the input");
        return Same(x);
    }

    private static Var?[] ScatterGradient(Var dy, Node x, Var y)
    {
        var updates = GatherElements(dy, x[1], Place(x));
        return x.Attributes.Text("reduction", "none") switch
        {
            "add" => [dy, null, updates],
            "none" => [ScatterElements(dy, x[1], Filled(dy.Graph, x[1].Shape, 0), Place(x)), null, updates],
            var other => throw new GraphException($"{x}: no gradient rule for reduction '{other}'; "
                + "'none' and 'add' have one."),
        };
    }

    private static TensorShape GatherNDShape(Node x)
    {
        var batch = (int)x.Attributes.Int("batch_dims", 0);
        var depth = (int)x[1].Shape[-1];
        Expect(x, IsIndex(x[1]) && batch + depth <= x[0].Shape.Rank,
            $"integer indices of at most {x[0].Shape.Rank - batch} axes");
        return new([.. x[1].Shape.Take(x[1].Shape.Rank - 1), .. x[0].Shape.Skip(batch + depth)]);
    }

    private static Var?[] GatherNDGradient(Var dy, Node x, Var y)
    {
        var batch = (int)x.Attributes.Int("batch_dims", 0);
        if (batch > 0)
            ExpectSmall(x, x[1].Shape.Size, batch);
        var indices = batch == 0 ? x[1] : Concat([BatchCoordinates(x[1], batch), Cast(x[1], ElementType.Int64)], -1);
        var (depth, places) = ((int)indices.Shape[-1], FlatPlaces(indices, x[0].Shape));
        var rows = Reshape(dy, new TensorShape(places.Shape[0], Product(x[0].Shape.Skip(depth))));
        return [Reshape(AddRows(rows, places, 0, Product(x[0].Shape.Take(depth))), x[0].Shape), null];
    }

    // For coordinates [..., depth] on the first axes of a shape: the places [n] in those axes as one.
    private static Var FlatPlaces(Var indices, TensorShape shape)
    {
        var (depth, graph) = ((int)indices.Shape[-1], indices.Graph);
        long[] dims = [.. shape.Take(depth)], strides = [.. dims.Select((_, i) => Product(dims.Skip(i + 1)))];
        var count = new TensorShape(Product(indices.Shape.Take(indices.Shape.Rank - 1)));
        if (depth == 0 || count.Size == 0 || dims.Contains(0))
            return graph.Constant(Tensor.Of<long>(count, new long[count.Size]));
        var wrapped = Apply("Mod", [Cast(indices, ElementType.Int64), graph.Constant(dims)]);
        return Reshape(depth == 1 ? wrapped : ReduceSum(wrapped * graph.Constant(strides), [-1]), count);
    }

    // For indices [B1, ..., Bn, ..., depth]: [B1, ..., Bn, ..., n] with the place of each entry on its first n axes.
    private static Var BatchCoordinates(Var indices, int n)
    {
        var entries = new TensorShape([.. indices.Shape.Take(indices.Shape.Rank - 1)]);
        var strides = Enumerable.Range(1, n).Select(i => Product(entries.Skip(i))).ToArray();
        var places = Enumerable.Range(0, (int)entries.Size)
            .SelectMany(entry => strides.Select((stride, axis) => entry / stride % entries[axis])).ToArray();
        return indices.Graph.Constant(Tensor.Of<long>(new([.. entries, n]), places));
    }

    private static Var?[] ScatterNDGradient(Var dy, Node x, Var y) =>
        [Apply("ScatterND", [dy, x[1], Zeros(dy, x[2].Shape)]), null, Apply("GatherND", [dy, x[1]])];
}
