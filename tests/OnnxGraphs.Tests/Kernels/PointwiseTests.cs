using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Convolutions of 1 x 1: forward, input and weight gradient, against ONNX Runtime's operators.</summary>
[TestClass]
public class PointwiseTests
{
    [TestMethod]
    [DataRow(1, 1, 12, 4, 4)]
    [DataRow(2, 3, 13, 5, 7)]
    [DataRow(2, 16, 64, 40, 30)]
    [DataRow(3, 64, 16, 20, 20)]
    [DataRow(2, 24, 72, 10, 10)]
    [DataRow(1, 112, 40, 13, 9)]
    [DataRow(2, 33, 35, 25, 26)]
    [DataRow(1, 130, 131, 6, 6)]
    [DataRow(1, 150, 120, 33, 20)]
    [DataRow(9, 17, 12, 20, 31)]
    [DataRow(1, 6, 25, 1, 700)]
    public void EqualsTheOperators(int images, int channels, int filters, int height, int width)
    {
        var random = new RandomTensors(3);
        var kernels = BothForms.Compare(x => Op.Conv(x[0], x[1], x[2]), 1e-4f,
            random.Normal(images, channels, height, width), random.Normal(filters, channels, 1, 1), random.Normal(filters));
        CollectionAssert.IsSubsetOf(
            new[] { "PointwiseConv", "PointwiseConvInputGradient", "PointwiseConvWeightGradient" }, kernels.ToArray());
    }

    /// <summary>Few channels on both sides, or few pixels, are left to products of matrices.</summary>
    [TestMethod]
    [DataRow(5, 6, 8)]
    [DataRow(20, 24, 1)]
    public void LeavesSmallOnesToOnnxRuntime(int channels, int filters, int side)
    {
        var random = new RandomTensors(3);
        var kernels = BothForms.Compare(x => Op.Conv(x[0], x[1]), 1e-4f, random.Normal(2, channels, side, side),
            random.Normal(filters, channels, 1, 1));
        CollectionAssert.DoesNotContain(kernels.ToArray(), "PointwiseConvWeightGradient");
    }

    /// <summary>What ONNX Runtime would compute with a stride or padding is not a product of weights and pixels.</summary>
    [TestMethod]
    [DataRow(2, 0)]
    [DataRow(1, 1)]
    public void LeavesStridesAndPaddingAlone(int stride, int pad)
    {
        var random = new RandomTensors(3);
        var kernels = BothForms.Compare(x => Op.Conv(x[0], x[1], null, stride, pad), 1e-4f, random.Normal(2, 12, 9, 8),
            random.Normal(14, 12, 1, 1));
        Assert.IsFalse(kernels.Any(kernel => kernel.StartsWith("Pointwise", StringComparison.Ordinal)));
    }
}
