using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Runtime;

/// <summary>
/// What ONNX Runtime does where one would guess otherwise (docs/runtime.md): when a release changes it, so may we.
/// </summary>
[TestClass]
public sealed class RuntimeFactTests
{
    [TestMethod]
    public void SigmoidHasNoDigitsFarDown()
    {
        var x = Tensor.Vector(-18f, -17f);
        var y = Floats(Op.Sigmoid(Input(x)), x);
        Assert.AreEqual(0, y[0]);
        Assert.IsGreaterThan(1.5, y[1] * Math.Exp(17));
    }

    [TestMethod]
    public void MaxPoolOfMinusInfinityIsTheSmallestNumberInPaddedColumns()
    {
        var x = Tensor.Filled(new(1, 1, 20, 20), float.NegativeInfinity);
        var y = Floats(Op.Apply("MaxPool", [Input(x)], new() { { "kernel_shape", new long[] { 3, 3 } },
            { "pads", new long[] { 1, 1, 1, 1 } } }), x);
        Assert.AreEqual(float.MinValue, y[0]);
        Assert.AreEqual(float.NegativeInfinity, y[1]);
    }

    [TestMethod]
    public void ReduceMaxShowsANaNBySomePlacesOnly()
    {
        var shown = Enumerable.Range(0, 37).Count(place =>
        {
            var x = Tensor.Vector<float>([.. Enumerable.Range(0, 37).Select(i => i == place ? float.NaN : i)]);
            return float.IsNaN(Floats(Op.ReduceMax(Input(x), keep: false), x)[0]);
        });
        Assert.IsTrue(shown is > 0 and < 37, $"{shown} of 37");
    }

    private static Var Input(Tensor x) => new Graph().Input("x", x.Type, x.Shape);

    private static float[] Floats(Var y, Tensor x) =>
        OnnxRun.Once(OnnxGraphs.Models.GraphWriter.Write([y]), ("x", x))[0].Values<float>().ToArray();
}
