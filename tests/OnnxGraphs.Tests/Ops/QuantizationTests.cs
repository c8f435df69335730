using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

/// <summary>The straight-through gradient: by its definition, for differences of steps say nothing.</summary>
[TestClass]
public sealed class QuantizationTests
{
    [TestMethod]
    public void AnInt8GridRoundsAndPassesTheGradientWithinIt() => Check(new(5), [-7f, -6.4f, 0.04f, 6.34f, 7f],
        [-6.4f, -6.4f, 0.05f, 6.35f, 6.35f], [0, 1, 1, 1, 0], Tensor.Scalar(ElementType.Float32, 0.05),
        new(ElementType.Int8, TensorShape.Scalar, [0]), 1);

    [TestMethod]
    public void AnUInt8GridStartsAtItsZeroPoint() => Check(new(4), [-1.1f, -0.96f, 0.26f, 11.7f],
        [-1, -0.95f, 0.25f, 11.7f], [0, 1, 1, 1], Tensor.Vector(0.05f), Tensor.Vector((byte)20), 1);

    [TestMethod]
    public void EachChannelHasItsScale()
    {
        var (scales, zeros) = (Tensor.Vector(0.1f, 1f), Tensor.Vector((sbyte)0, (sbyte)1));
        Check(new(1, 2, 2), [0.26f, 20, 0.26f, 20], [0.3f, 12.7f, 0, 20], [1, 0, 1, 1], scales, zeros, 1);
        Check(new(2, 2), [0.26f, 20, 0.26f, 200], [0.3f, 12.7f, 0, 126], [1, 0, 1, 0], scales, zeros, 0);
        Check(new(2, 2), [0.26f, 20, 300, 0.4f], [0.3f, 20, 12.7f, 0], [1, 1, 0, 1], scales, zeros, -1);
    }

    [TestMethod]
    public void AScaleForEachPlaceOfAnotherAxisIsRefused()
    {
        var graph = new Graph();
        var error = Assert.ThrowsExactly<GraphException>(() => Op.FakeQuantize(graph.Input("x", 2, 3),
            graph.Constant(Tensor.Vector(1f, 1f)), graph.Constant(Tensor.Vector((byte)0, (byte)0))));
        StringAssert.Contains(error.Message, "each place on axis 1, found [2]");
    }

    private static void Check(TensorShape shape, float[] x, float[] value, float[] slope, Tensor scale, Tensor zero,
        int axis)
    {
        var graph = new Graph();
        var input = graph.Input("x", shape.ToArray());
        var y = Op.FakeQuantize(input, graph.Constant("scale", scale), graph.Constant("zero", zero), axis);
        var gradient = Gradient.Of(Op.SumAll(y), [input])[0];
        var found = OnnxRun.Once(GraphWriter.Write([graph.Output("y", y), graph.Output("dx", gradient)], [input]),
            ("x", Tensor.Of<float>(shape, x)));
        Close.AreEqual(Tensor.Of<float>(shape, value), found[0], 1e-5f);
        Close.AreEqual(Tensor.Of<float>(shape, slope), found[1], 0);
    }
}
