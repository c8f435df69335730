using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

/// <summary>Graphs are written in the lowest opset that says what they mean.</summary>
[TestClass]
public sealed class LowestOpsetTests
{
    [TestMethod]
    [DataRow("Relu", 18)]
    [DataRow("Gelu", 20)]
    public void AnOperatorThatIsNewerBringsItsOpset(string op, int opset) =>
        Assert.AreEqual(opset, Written(x => Op.Apply(op, [x])).Opset);

    [TestMethod]
    public void AFormThatIsNewerBringsItsOpset()
    {
        long[] two = [2, 2];
        var pool = new Attributes { { "kernel_shape", two } };
        Assert.AreEqual(18, Written(x => Op.Apply("AveragePool", [x], pool)).Opset);
        Assert.AreEqual(19, Written(x => Op.Apply("AveragePool", [x], pool.With("dilations", two))).Opset);
        Assert.AreEqual(18, Written(x => Padded(x, "reflect")).Opset);
        Assert.AreEqual(19, Written(x => Padded(x, "wrap")).Opset);
        Assert.AreEqual(18, Written(x => Quantized(x, ElementType.Int8)).Opset);
        Assert.AreEqual(21, Written(x => Quantized(x, ElementType.UInt16)).Opset);
        Assert.AreEqual(22, Written(x => Op.Cast(x, ElementType.BFloat16)).Opset);
    }

    [TestMethod]
    public void ASampleHasTheModesOfItsOpset()
    {
        static string Mode(OnnxModel model) =>
            model.Proto.Graph.Node[0].Attribute.Single(attribute => attribute.Name == "mode").S.ToStringUtf8();
        Var Sampled(Var x, string mode) =>
            Op.Apply("GridSample", [x, x.Graph.Input("grid", 1, 3, 3, 2)], new() { { "mode", mode } });
        Assert.AreEqual("bilinear", Mode(Written(x => Sampled(x, "linear"))));
        Assert.AreEqual("nearest", Mode(Written(x => Sampled(x, "nearest"))));
        var newer = Written(x => Op.Apply("Gelu", [Sampled(x, "linear")]));
        Assert.AreEqual((20, "linear"), (newer.Opset, Mode(newer)));
    }

    private static OnnxModel Written(Func<Var, Var> expression) =>
        GraphWriter.Write([expression(new Graph().Input("x", 1, 1, 4, 4))]);

    private static Var Padded(Var x, string mode) =>
        Op.Apply("Pad", [x, x.Graph.Constant(0, 0, 1, 1, 0, 0, 1, 1)], new() { { "mode", mode } });

    private static Var Quantized(Var x, ElementType type) => Op.FakeQuantize(x, x.Graph.Constant(Tensor.Vector(0.1f)),
        x.Graph.Constant(new Tensor(type, new(1), new byte[type.Size()])));
}
