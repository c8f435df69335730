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

    // Esser et al. 2020, equations 3 and 5, with a zero point: q - z - x / s within the grid, its ends less z beyond it, times
    // 1 / sqrt(N Q_p).
    [TestMethod]
    [DataRow(ElementType.UInt8, 20, 255)]
    [DataRow(ElementType.Int8, 0, 127)]
    public void AScaleThatIsAnInputLearnsByItsFormula(ElementType type, int zero, int most)
    {
        var (s, least) = (0.05f, type == ElementType.UInt8 ? 0 : -128);
        float[] x = [-20, -0.96f, -0.26f, 0.02f, 0.26f, 3.337f, 6.4f, 40], dy = [1, -2, 3, 0.5f, -1, 2, 1.5f, -0.5f];
        var graph = new Graph();
        var (input, scale) = (graph.Input("x", 2, 4), graph.Input("s"));
        var y = Op.FakeQuantize(input, scale, graph.Constant(Tensor.Scalar(type, zero)));
        var gradients = Gradient.Of(Op.SumAll(y * graph.Constant(Tensor.Of<float>(new(2, 4), dy))), [input, scale]);
        var found = OnnxRun.Once(GraphWriter.Write(
            [graph.Output("dx", gradients[0]), graph.Output("ds", gradients[1])], [input, scale]),
            ("x", Tensor.Of<float>(new(2, 4), x)), ("s", Tensor.Scalar(ElementType.Float32, s)));
        var (sum, slopes) = (0.0, new float[x.Length]);
        for (var i = 0; i < x.Length; i++)
        {
            var v = x[i] / s;
            var q = Math.Clamp(Math.Round(v) + zero, least, most);
            var within = Math.Round(v) + zero >= least && Math.Round(v) + zero <= most;
            sum += dy[i] * (within ? q - zero - v : q - zero);
            slopes[i] = within ? dy[i] : 0;
        }
        Close.AreEqual(Tensor.Of<float>(new(2, 4), slopes), found[0], 0);
        Assert.AreEqual(sum / Math.Sqrt(4.0 * most), found[1].Values<float>()[0], 1e-4 * Math.Abs(sum));
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
