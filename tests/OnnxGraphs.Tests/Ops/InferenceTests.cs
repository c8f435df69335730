using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

/// <summary>
/// Inferred shapes and element types against those that ONNX Runtime returns, for every value of every case.
/// </summary>
[TestClass]
public sealed class InferenceTests
{
    private static readonly RandomTensors Random = new(71);

    // What gradients do not need: other element types, further outputs, integers.
    public static IEnumerable<OperatorCase> Others =>
    [
        new("Cast", x => Op.Cast(Op.Cast(Op.Cast(x[0], ElementType.Int32), ElementType.Float64), ElementType.Bool),
            Random.Normal(2, 3)),
        new("Cast to half and byte", x =>
            Op.Cast(Op.Cast(x[0], ElementType.Float16), ElementType.UInt8), Random.Uniform(0, 9, 2, 3)),
        new("integers", x =>
            Op.Cast(x[0], ElementType.Int64) * x[0].Graph.Constant(2, 3) + Op.Cast(x[0], ElementType.Int64),
            Random.Normal(4, 2)),
        new("MaxPool's indices", x =>
            Op.Apply("MaxPool", [x[0]], new() { { "kernel_shape", (long[])[2, 2] } }, 2)[1], Random.Normal(1, 2, 4, 5)),
        new("Dropout's mask", x => Op.Apply("Dropout", [x[0]], null, 2)[1], Random.Normal(4)),
        new("LayerNormalization's moments", x =>
            Op.Apply("LayerNormalization", [x[0], x[1]], new() { { "axis", 1 } }, 3)[2], Random.Normal(2, 3, 4),
            Random.Normal(3, 4)),
        new("ArgMax without its axis", x => Op.ArgMax(x[0], -1, keep: false), Random.Normal(2, 3, 4)),
        new("OneHot on axis 0", x =>
            Op.Apply("OneHot", [x[0].Graph.Constant(1, 2), x[0].Graph.Constant(3),
            x[0].Graph.Constant(Tensor.Vector(0f, 5f))],
            new() { { "axis", 0 } }), Random.Normal(1)),
        new("ConstantOfShape without a value", x =>
            Op.Apply("ConstantOfShape", [x[0].Graph.Constant(2, 0, 3)]), Random.Normal(1)),
        new("ConstantOfShape of integers", x =>
            Op.Apply("ConstantOfShape", [x[0].Graph.Constant(2, 3)], new() { { "value", Tensor.Vector(7L) } }),
            Random.Normal(1)),
        new("Where of integers", x =>
            Op.Where(Op.Greater(x[0], x[0].Like(0)), x[0].Graph.Constant(1L), x[0].Graph.Constant(2L)),
            Random.Normal(2, 3)),
        new("Gather of integers", x =>
            Op.Gather(Op.Cast(x[0], ElementType.Int64), x[0].Graph.Constant(1, 1)), Random.Normal(2, 3)),
        new("Pow of an integer", x =>
            Op.Apply("Pow", [Op.Cast(x[0], ElementType.Int64), x[1]]), Random.Normal(2, 3), Random.Uniform(1, 2, 3)),
    ];

    public static IEnumerable<OperatorCase> Cases { get; } = [.. CoverageTests.Cases, .. Others];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void InferredIsWhatOnnxRuntimeReturns(OperatorCase operation)
    {
        var graph = new Graph();
        Var[] x = [.. operation.Inputs.Select((input, i) => graph.Input($"x{i}", input.Type, input.Shape))];
        operation.F(x);
        Var[] values = [.. graph.Nodes.SelectMany(node => node.Outputs).DefaultIfEmpty(x[0])];
        var found = OnnxRun.Once(GraphWriter.Write(values, x),
            [.. operation.Inputs.Select((input, i) => ($"x{i}", input))]);
        for (var i = 0; i < values.Length; i++)
            Assert.AreEqual($"{values[i].Type} {values[i].Shape}", $"{found[i].Type} {found[i].Shape}",
                $"{values[i].Node}");
    }
}
