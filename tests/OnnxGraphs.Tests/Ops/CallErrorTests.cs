using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

/// <summary>An expression that cannot be is refused where it is written, by operator and shapes.</summary>
[TestClass]
public sealed class CallErrorTests
{
    private static readonly Attributes Square = new() { { "kernel_shape", (long[])[3, 3] } };

    /// <summary>A wrong call and what its message must say.</summary>
    public sealed record Wrong(string Name, Func<Graph, Var> Call, params string[] Says)
    {
        public override string ToString() => Name;
    }

    public static IEnumerable<Wrong> Calls =>
    [
        new("shapes that do not broadcast", g => X(g, 2, 3) + X(g, 4), "Add(", "[2, 3]", "[4]"),
        new("two element types", g => X(g, 2) * Integers(g, 1, 2), "Mul(", "Float32", "Int64", "Cast"),
        new("comparison of two types", g => Op.Greater(X(g, 2), Integers(g, 1, 2)), "Greater(", "Float32"),
        new("Pow", g => Op.Apply("Pow", [X(g, 2), X(g, 3)]), "Pow(", "[2]", "[3]"),
        new("Where on numbers", g => Op.Where(X(g, 2), X(g, 2), X(g, 2)), "Where(", "Float32", "Bool"),
        new("Where with two types", g =>
            Op.Where(Op.Greater(X(g, 2), X(g, 2)), X(g, 2), Integers(g, 1, 2)), "Where(", "Int64"),
        new("Where with shapes that do not broadcast", g =>
            Op.Where(Op.Greater(X(g, 3), X(g, 3)), X(g, 2), X(g, 2)), "Where(", "[3]", "[2]"),
        new("PRelu", g => Op.Apply("PRelu", [X(g, 2, 3), X(g, 2)]), "PRelu(", "[2, 3]", "[2]"),
        new("Softmax axis", g => Op.Softmax(X(g, 2, 3), 2), "Softmax(", "2", "[2, 3]"),
        new("Reduce axis", g => Op.ReduceSum(X(g, 2, 3), [2]), "ReduceSum(", "2", "[2, 3]"),
        new("ArgMax axis", g => Op.ArgMax(X(g, 2, 3), -3), "ArgMax(", "-3"),
        new("CumSum axis", g => Op.CumSum(X(g, 2, 3), 2), "CumSum(", "2"),
        new("Reshape", g => Op.Reshape(X(g, 2, 3), 4, 2), "Reshape(", "[2, 3]", "[4, 2]"),
        new("Reshape to what is not whole", g => Op.Reshape(X(g, 2, 3), 4, -1), "Reshape(", "[2, 3]", "[4, 1]"),
        new("Reshape to a computed shape", g =>
            Op.Apply("Reshape", [X(g, 4), g.Input("to", ElementType.Int64, new(2))]), "Reshape(", "'to'",
            "must be a constant"),
        new("Reshape copying too much", g =>
            Op.Apply("Reshape", [X(g, 4), Integers(g, 4, 0)]), "Reshape(", "dimension 1"),
        new("Flatten", g => Op.Apply("Flatten", [X(g, 2)], new() { { "axis", 3 } }), "Flatten(", "3"),
        new("Squeeze", g => Op.Squeeze(X(g, 2, 3), 0), "Squeeze(", "[2, 3]", "is not 1"),
        new("Unsqueeze twice", g => Op.Unsqueeze(X(g, 2), 0, 0), "Unsqueeze(", "[0, 0]"),
        new("Unsqueeze too far", g => Op.Unsqueeze(X(g, 2), 4), "Unsqueeze(", "[4]"),
        new("Transpose", g => Op.Transpose(X(g, 2, 3), 0, 0), "Transpose(", "[0, 0]"),
        new("Transpose of another rank", g => Op.Transpose(X(g, 2, 3), 0, 1, 2), "Transpose(", "[0, 1, 2]"),
        new("Expand", g => Op.Expand(X(g, 2, 3), new(2, 4)), "Expand(", "[2, 3]", "[2, 4]"),
        new("Tile", g => Op.Apply("Tile", [X(g, 2, 3), Integers(g, 2)]), "Tile(", "[2]"),
        new("DepthToSpace", g =>
            Op.Apply("DepthToSpace", [X(g, 1, 6, 2, 2)], new() { { "blocksize", 2 } }), "DepthToSpace(", "2 x 2"),
        new("SpaceToDepth", g =>
            Op.Apply("SpaceToDepth", [X(g, 1, 3, 3, 2)], new() { { "blocksize", 2 } }), "SpaceToDepth(", "2 x 2"),
        new("Concat of two shapes", g => Op.Concat([X(g, 2, 3), X(g, 3, 2)], 0), "Concat(", "axes but 0"),
        new("Concat axis", g => Op.Concat([X(g, 2), X(g, 2)], 1), "Concat(", "1"),
        new("Slice axis", g => Op.Slice(X(g, 2, 3), 2, 0, 1), "Slice(", "2"),
        new("Slice step", g => Op.Slice(X(g, 2, 3), 0, 0, 1, 0), "Slice(", "step"),
        new("Slice lengths", g => Op.Slice(X(g, 2, 3), [0, 1], [0], [1, 1], [1, 1]), "Slice(", "as many starts"),
        new("Split", g => Op.Split(X(g, 2, 3), 1, 1, 1)[0], "Split(", "[1, 1]", "3"),
        new("Pad lengths", g => Op.Pad(X(g, 2, 3), 1, 1), "Pad(", "[1, 1]"),
        new("Pad cropping all", g => Op.Pad(X(g, 2, 3), -3, 0, 0, 0), "Pad(", "-1"),
        new("Gather axis", g => Op.Gather(X(g, 2, 3), Integers(g, 0), 2), "Gather(", "2"),
        new("Gather by floats", g => Op.Gather(X(g, 2, 3), X(g, 1)), "Gather(", "Float32"),
        new("GatherElements ranks", g =>
            Op.GatherElements(X(g, 2, 3), Integers(g, 0), 0), "GatherElements(", "[2, 3]", "[1]"),
        new("ScatterElements shapes", g =>
            Op.ScatterElements(X(g, 3), Integers(g, 0, 1), X(g, 3), 0), "ScatterElements(", "[2]", "[3]"),
        new("ScatterND shapes", g =>
            Op.Apply("ScatterND", [X(g, 3, 2), g.Constant(Tensor.Of<long>(new(2, 1), [0, 1])), X(g, 2)]), "ScatterND(",
            "[2, 2]", "[2]"),
        new("GatherND depth", g =>
            Op.Apply("GatherND", [X(g, 3), g.Constant(Tensor.Of<long>(new(1, 2), [0, 1]))]), "GatherND(", "[3]"),
        new("TopK of too many", g => Op.TopK(X(g, 3), 4).Values, "TopK(", "4", "[3]"),
        new("MatMul", g => Op.MatMul(X(g, 2, 3), X(g, 4, 2)), "MatMul(", "[2, 3]", "[4, 2]"),
        new("MatMul batches", g => Op.MatMul(X(g, 2, 2, 3), X(g, 3, 3, 2)), "MatMul(", "[2, 2, 3]"),
        new("MatMul types", g =>
            Op.MatMul(X(g, 2, 2), g.Constant(Tensor.Of<double>(new(2, 2), [1, 2, 3, 4]))), "MatMul(", "Float64"),
        new("Gemm", g => Op.Gemm(X(g, 2, 3), X(g, 2, 3)), "Gemm(", "[2, 3]"),
        new("Gemm addend", g => Op.Apply("Gemm", [X(g, 2, 3), X(g, 3, 4), X(g, 3)]), "Gemm(", "[3]", "[2, 4]"),
        new("Conv channels", g => Op.Conv(X(g, 1, 3, 5, 5), X(g, 2, 4, 3, 3)), "Conv(", "[2, 4, 3, 3]", "3 channels"),
        new("Conv rank", g => Op.Conv(X(g, 1, 3, 5), X(g, 2, 3, 3, 3)), "Conv(", "same rank"),
        new("Conv bias", g => Op.Conv(X(g, 1, 3, 5, 5), X(g, 2, 3, 3, 3), X(g, 3)), "Conv(", "bias", "[2]"),
        new("Conv window beyond the map", g => Op.Conv(X(g, 1, 3, 4, 4), X(g, 2, 3, 5, 5)), "Conv(", "5"),
        new("Conv pads", g =>
            Op.Apply("Conv", [X(g, 1, 3, 4, 4), X(g, 2, 3, 3, 3)], new() { { "pads", (long[])[1, 1] } }), "Conv(",
            "pads"),
        new("Conv strides", g =>
            Op.Apply("Conv", [X(g, 1, 3, 4, 4), X(g, 2, 3, 3, 3)], new() { { "strides", (long[])[1] } }), "Conv(",
            "strides"),
        new("ConvTranspose channels", g =>
            Op.Apply("ConvTranspose", [X(g, 1, 3, 4, 4), X(g, 2, 3, 3, 3)]), "ConvTranspose(", "3 channels"),
        new("MaxPool rank", g => Op.Apply("MaxPool", [X(g, 3, 4)], Square), "MaxPool(", "[3, 4]"),
        new("MaxPool without a window", g => Op.Apply("MaxPool", [X(g, 1, 3, 4, 4)]), "MaxPool(", "kernel_shape"),
        new("GlobalAveragePool of a vector", g => Op.GlobalAveragePool(X(g, 3)), "GlobalAveragePool(", "[3]"),
        new("BatchNormalization", g =>
            Op.Apply("BatchNormalization", [X(g, 1, 3, 2, 2), X(g, 2), X(g, 3), X(g, 3), X(g, 3)]),
            "BatchNormalization(", "[2]", "3 channels"),
        new("LayerNormalization", g =>
            Op.Apply("LayerNormalization", [X(g, 2, 3), X(g, 2)]), "LayerNormalization(", "[2]", "[2, 3]"),
        new("Resize without sizes", g => Op.Apply("Resize", [X(g, 1, 1, 2, 2)]), "Resize(", "a size or a scale"),
        new("a missing operand", g => Op.Apply("Add", [X(g, 2)]), "Add", "input 1"),
        new("an unknown operator", g => Op.Apply("Addd", [X(g, 2), X(g, 2)]), "Addd is not known"),
        new("values of two graphs", g => X(g, 2) + X(new Graph(), 2), "Add", "another graph"),
        new("a name given twice", g => g.Input("twice", 2) + g.Input("twice", 2), "'twice'"),
        new("a negative dimension", g => g.Input("x", 2, -1), "[2, -1]", "negative"),
        new("values that do not fill a shape", g =>
            g.Constant(Tensor.Of<float>(new(2, 2), [1, 2, 3])), "3 values", "[2, 2]"),
        new("an attribute of another kind", g =>
            Op.Apply("Softmax", [X(g, 2)], new() { { "axis", 1f } }), "Softmax(", "'axis'", "Single", "Int64"),
    ];

    [TestMethod]
    [DynamicData(nameof(Calls))]
    public void IsRefusedByName(Wrong wrong)
    {
        var error = Assert.ThrowsExactly<GraphException>(() => wrong.Call(new Graph()));
        foreach (var part in wrong.Says)
            StringAssert.Contains(error.Message, part);
    }

    private static Var X(Graph graph, params ReadOnlySpan<long> dims) => graph.Input($"x{graph.Inputs.Count}", dims);

    private static Var Integers(Graph graph, params ReadOnlySpan<long> values) => graph.Constant(values);
}
