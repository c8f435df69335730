using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

/// <summary>
/// Gradients at ties, limits and poles, where differences say nothing: the documented choice, and never NaN.
/// </summary>
[TestClass]
public sealed class EdgeTests
{
    [TestMethod]
    public void TiesOfAMaximumShare()
    {
        At([1, 2, 2], [0.5f, 1, 0], x => Op.Max(x, x.Graph.Constant(Tensor.Vector(1f, 1f, 3f))));
        At([1, 2, 2], [0.5f, 0, 1], x => Op.Min(x, x.Graph.Constant(Tensor.Vector(1f, 1f, 3f))));
        At([2, 2, 1, 2], [1 / 3f, 1 / 3f, 0, 1 / 3f], x => Op.ReduceMax(x));
        At([1, 1, 2, 1], [1 / 3f, 1 / 3f, 0, 1 / 3f], x => Op.ReduceMin(x));
        At([1, 5, 0], [1 / 3f, 1, 0], x =>
            Op.Apply("Max", [x, x.Like(1), x.Graph.Constant(Tensor.Vector(1f, 1f, 1f))]));
    }

    [TestMethod]
    public void TheLowestOfEqualTopElementsTakesTheGradient() =>
        At([3, 1, 3, 3], [1, 0, 1, 0], x => Op.TopK(x, 2).Values);

    [TestMethod]
    public void ReLU6HasNoSlopeAtItsEnds() => At([-1, 0, 3, 6, 7], [0, 0, 1, 0, 0], x => Op.Clip(x, 0, 6));

    [TestMethod]
    public void ClipIncludesItsEnds() => At([-2, -1, 0, 1, 2], [0, 1, 1, 1, 0], x => Op.Clip(x, -1, 1));

    [TestMethod]
    public void KinksTakeTheFlatSide()
    {
        At([-1, 0, 1], [0, 0, 1], Op.Relu);
        At([-1, 0, 1], [-1, 0, 1], Op.Abs);
        At([-3, 3, 4], [0, 0, 0], x => Op.HardSigmoid(x));
    }

    [TestMethod]
    [DataRow(0.5f)]
    [DataRow(-1f)]
    [DataRow(-0.5f)]
    public void APowerBelowOneIsFlatAtZero(float exponent) => At([0], [0], x => Op.Pow(x, exponent));

    [TestMethod]
    public void PowersOfZeroByComputedExponents() => At([0, 0, 0, 0], [0, 1, 0, 0],
        x => Op.Apply("Pow", [x, x.Graph.Constant(Tensor.Vector(0.5f, 1f, 2f, 0f))]));

    [TestMethod]
    public void TheNormOfZeroIsFlat() => At([0, 0], [0, 0], x => Op.Apply("ReduceL2", [x]));

    [TestMethod]
    public void TheBranchNotTakenLeaksNoNaN()
    {
        At([-1, 0, 2], [0, 0, 0.5f], x => Op.Where(Op.Greater(x, x.Like(0)), Op.Log(x), x.Like(0)));
        At([-1, 0, 4], [0, 0, 0.25f], x => Op.Where(Op.Greater(x, x.Like(0)), Op.Sqrt(x), x.Like(0)));
        At([0, 2], [0, -0.25f], x => Op.Where(Op.Equal(x, x.Like(0)), x.Like(7), 1f / x));
        At([200, 0], [0, 1], x => Op.Where(Op.Greater(x, x.Like(88)), x.Like(0), Op.Exp(x)));
        At([-4, 4], [0, 3], x => Op.Where(Op.Less(x, x.Like(0)), x.Like(0), Op.Pow(x, 1.5f)));
        // d/dx x log x = log x + 1, with 0 log 0 = 0: neither factor may see the other's infinity.
        At([0, 1], [0, 1], x => Op.Where(Op.Equal(x, x.Like(0)), x.Like(0), x * Op.Log(x)));
        At([-1, 1], [0, 0.5f], x =>
            Op.Reshape(Op.Where(Op.Less(x, x.Like(0)), x.Like(0), Op.Tanh(Op.Log(x)) * 0.5f), 2, 1));
    }

    [TestMethod]
    public void FarOutNothingOverflows()
    {
        At([-1000, 1000], [0, 1], Op.Softplus);
        At([-1000, 1000], [0, 0], Op.Sigmoid);
        At([-1000, 1000], [0, 0], Op.Tanh);
        At([-1000, 1000], [0, 1], x => Op.Apply("Mish", [x]));
        At([-1000, 1000], [0, 1], x => Op.Apply("Gelu", [x]));
        At([-1000, 1000], [0, 1], x => Op.Apply("Elu", [x]));
        At([-1000, 1000], [0, 1], x => Op.Apply("Celu", [x]));
        At([-1000, 1000], [0, 1], x => Op.Apply("ReduceLogSumExp", [x]));
    }

    private static void At(float[] x, float[] expected, Func<Var, Var> f)
    {
        var graph = new Graph();
        var input = graph.Input("x", x.Length);
        var gradient = Gradient.Of(Op.SumAll(f(input)), [input])[0];
        var found = OnnxRun.Once(GraphWriter.Write([graph.Output("dx", gradient)], [input]),
            ("x", Tensor.Vector<float>(x)))[0];
        Close.AreEqual(Tensor.Vector<float>(expected), found, 1e-6f);
    }
}
