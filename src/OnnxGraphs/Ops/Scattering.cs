using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>
    /// x with updates written (or, with reduction "add", added) at indices that replace the coordinate on the axis.
    /// </summary>
    public static Var ScatterElements(Var x, Var indices, Var updates, int axis, string reduction = "none") =>
        Apply("ScatterElements", [x, indices, updates], new() { { "axis", axis }, { "reduction", reduction } });

    private static OperatorTable Scattering() => new()
    {
        ["ScatterElements"] = new(ScatterElementsShape, ScatterGradient) { Remark = "reduction none or add" },
        ["GatherND"]        = new(x => [new(x[0].Type, GatherNDShape(x))], GatherNDGradient),
        ["ScatterND"]       = new(ScatterNDShape, ScatterNDGradient) { Remark = "reduction none or add" },
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
        var indices = batch == 0 ? x[1] : Concat([BatchCoordinates(x[1], batch), x[1]], -1);
        return [Apply("ScatterND", [Filled(dy.Graph, x[0].Shape, 0), indices, dy], new() { { "reduction", "add" } }),
            null];
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

    private static Var?[] ScatterNDGradient(Var dy, Node x, Var y)
    {
        var updates = Apply("GatherND", [dy, x[1]]);
        return x.Attributes.Text("reduction", "none") switch
        {
            "add" => [dy, null, updates],
            "none" => [Apply("ScatterND", [dy, x[1], Filled(dy.Graph, x[2].Shape, 0)]), null, updates],
            var other => throw new GraphException($"{x}: no gradient rule for reduction '{other}'; "
                + "'none' and 'add' have one."),
        };
    }
}
