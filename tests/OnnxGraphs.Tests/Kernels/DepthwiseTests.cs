using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Depthwise convolutions: forward, input and weight gradient, against ONNX Runtime's operators.</summary>
[TestClass]
public class DepthwiseTests
{
    private static readonly string[] All =
        ["DepthwiseConv", "DepthwiseConvInputGradient", "DepthwiseConvWeightGradient"];

    [TestMethod]
    [DataRow(2, 3, 7, 9, 3, 1, 1, 1)]
    [DataRow(1, 5, 40, 30, 3, 1, 1, 1)]
    [DataRow(2, 2, 160, 161, 3, 1, 1, 1)]
    [DataRow(2, 3, 20, 21, 3, 2, 1, 1)]
    [DataRow(2, 3, 21, 20, 3, 2, 1, 1)]
    [DataRow(1, 4, 160, 120, 3, 2, 1, 1)]
    [DataRow(2, 3, 10, 13, 5, 1, 2, 1)]
    [DataRow(2, 3, 11, 14, 5, 2, 2, 1)]
    [DataRow(1, 3, 15, 12, 3, 1, 2, 2)]
    [DataRow(1, 3, 15, 12, 3, 2, 3, 3)]
    [DataRow(1, 3, 17, 16, 3, 3, 0, 1)]
    [DataRow(3, 2, 3, 3, 3, 1, 1, 1)]
    [DataRow(3, 33, 1, 1, 3, 1, 1, 1)]
    [DataRow(1, 2, 2, 3, 3, 2, 1, 1)]
    [DataRow(1, 2, 9, 9, 1, 2, 0, 1)]
    [DataRow(2, 2, 9, 9, 7, 4, 3, 1)]
    [DataRow(2, 3, 4, 3, 7, 1, 3, 1)]
    [DataRow(2, 3, 90, 130, 5, 1, 2, 1)]
    [DataRow(3, 2, 64, 66, 5, 2, 2, 1)]
    [DataRow(2, 2, 65, 67, 3, 2, 1, 1)]
    [DataRow(2, 2, 30, 70, 3, 2, 0, 1)]
    [DataRow(1, 2, 5, 6, 5, 2, 4, 1)]
    [DataRow(2, 3, 10, 10, 3, 1, 1, 1)]
    [DataRow(2, 3, 10, 10, 5, 1, 2, 1)]
    [DataRow(1, 2, 13, 1, 3, 1, 1, 1)]
    [DataRow(1, 3, 24, 33, 5, 1, 2, 1)]
    [DataRow(1, 3, 31, 48, 3, 1, 1, 1)]
    public void EqualsTheOperators(int images, int channels, int height, int width, int size, int stride, int pad,
        int dilation)
    {
        var random = new RandomTensors(3);
        var kernels = BothForms.Compare(
            // Sums of thousands of products that cancel; without fused multiply-add, ONNX Runtime errs by 1e-4.
            x => Op.Conv(x[0], x[1], x[2], stride, pad, dilation, channels), 1e-4f,
            random.Normal(images, channels, height, width), random.Normal(channels, 1, size, size),
            random.Normal(channels));
        CollectionAssert.IsSubsetOf(All, kernels.ToArray());
    }

    [TestMethod]
    public void EqualsTheOperatorsWithUnequalSidesAndNoBias()
    {
        var random = new RandomTensors(4);
        var kernels = BothForms.Compare(
            x => Op.Conv(x[0], x[1], null, [2, 1], [0, 3, 2, 1], [1, 2], 4), 2e-5f,
            random.Normal(2, 4, 12, 19), random.Normal(4, 1, 5, 3));
        CollectionAssert.IsSubsetOf(All, kernels.ToArray());
    }

    [TestMethod]
    public void EqualsTheOperatorsWithAnEvenKernelOfTheSameSize()
    {
        var random = new RandomTensors(6);
        var kernels = BothForms.Compare(
            x => Op.Conv(x[0], x[1], null, [1, 1], [1, 0, 2, 1], [1, 1], 3), 2e-5f,
            random.Normal(2, 3, 9, 11), random.Normal(3, 1, 4, 2));
        CollectionAssert.IsSubsetOf(All, kernels.ToArray());
    }

    /// <summary>The end of a row and the beginning of the next one lie side by side in memory.</summary>
    [TestMethod]
    [DataRow(3, 16)]
    [DataRow(3, 5)]
    [DataRow(9, 16)]
    [DataRow(9, 5)]
    [DataRow(9, 33)]
    public void AnInfinityStaysAtItsEndOfARow(int height, int width)
    {
        var graph = new Graph();
        var x = graph.Input("x", ElementType.Float32, new(1, 1, height, width));
        var ones = graph.Constant(Tensor.Of<float>(new(1, 1, 3, 3), [.. Enumerable.Repeat(1f, 9)]));
        var pixels = new float[height * width];
        pixels[2 * width - 1] = float.PositiveInfinity;
        var (values, kernels) = BothForms.Run([graph.Output("y", Op.Conv(x, ones, null, 1, 1, 1, 1))], Device.Cpu,
            ("x", Tensor.Of<float>(new(1, 1, height, width), pixels)));
        CollectionAssert.Contains(kernels.ToArray(), All[0]);
        var y = values[0].Values<float>();
        for (var i = 0; i < y.Length; i++)
            Assert.AreEqual(i / width < 3 && i % width >= width - 2 ? float.PositiveInfinity : 0, y[i], $"place {i}");
    }

    [TestMethod]
    public void LeavesAMultiplierOfChannelsAlone()
    {
        var random = new RandomTensors(4);
        var kernels = BothForms.Compare(x => Op.Conv(x[0], x[1], null, 1, 1, 1, 2), 2e-5f,
            random.Normal(1, 2, 6, 5), random.Normal(4, 1, 3, 3));
        Assert.IsFalse(kernels.Any(All.Contains));
    }
}
