using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Dense convolutions and their gradients against ONNX Runtime's operators.</summary>
[TestClass]
public class DenseConvolutionTests
{
    [TestMethod]
    [DataRow(2, 3, 5, 7, 9, 3, 1, 1, 1)]
    [DataRow(1, 2, 1, 4, 4, 3, 1, 1, 1)]
    [DataRow(2, 15, 24, 12, 10, 3, 1, 1, 1)]
    [DataRow(2, 17, 33, 10, 12, 3, 2, 1, 1)]
    [DataRow(1, 3, 16, 41, 38, 7, 2, 3, 1)]
    [DataRow(2, 5, 40, 9, 8, 5, 1, 2, 1)]
    [DataRow(1, 4, 6, 16, 15, 3, 1, 3, 3)]
    [DataRow(1, 4, 6, 16, 15, 3, 2, 2, 2)]
    [DataRow(3, 9, 65, 3, 3, 3, 1, 1, 1)]
    [DataRow(2, 4, 12, 2, 1, 3, 2, 1, 1)]
    [DataRow(1, 2, 3, 30, 300, 3, 1, 1, 1)]
    public void EqualsTheOperators(int images, int channels, int filters, int height, int width, int size, int stride,
        int pad, int dilation)
    {
        var random = new RandomTensors(3);
        var kernels = BothForms.Compare(
            x => Op.Conv(x[0], x[1], x[2], stride, pad, dilation), 1e-4f,
            random.Normal(images, channels, height, width), random.Normal(filters, channels, size, size),
            random.Normal(filters));
        CollectionAssert.Contains(kernels.ToArray(), "ConvWeightGradient");
    }

    // More zeros before a row than a kernel reaches, or behind it; dense and depthwise kernels.
    [TestMethod]
    [DataRow(3, 3, 0, 0)]
    [DataRow(0, 0, 3, 3)]
    [DataRow(1, 4, 3, 1)]
    [DataRow(0, 2, 0, 0)]
    public void PadsUnevenly(int top, int left, int bottom, int right)
    {
        var random = new RandomTensors(4);
        for (var stride = 1; stride <= 2; stride++)
            foreach (var group in new[] { 1, 12 })
            {
                var kernels = BothForms.Compare(
                    x => Op.Conv(x[0], x[1], null, [stride, stride], [top, left, bottom, right], [1, 1], group), 1e-4f,
                    random.Normal(6, 12, 21, 19), random.Normal(14 - 2 * (group / 12), 12 / group, 3, 3));
                CollectionAssert.Contains(kernels.ToArray(), group == 1 ? "DenseConv" : "DepthwiseConv");
            }
    }

    [TestMethod]
    public void LeavesProductsOfMatricesToOnnxRuntime()
    {
        var random = new RandomTensors(3);
        var kernels = BothForms.Compare(x => Op.Conv(x[0], x[1]), 1e-4f, random.Normal(2, 5, 8, 8),
            random.Normal(6, 5, 1, 1));
        CollectionAssert.DoesNotContain(kernels.ToArray(), "ConvWeightGradient");
    }

    [TestMethod]
    public void ChainsGoThroughWhatConvolutionsWithAStrideWrite()
    {
        var random = new RandomTensors(3);
        var kernels = BothForms.Compare(x => Op.Sigmoid(Op.Conv(x[0] * x[0], x[1], x[2], 2, 1)), 1e-4f,
            random.Normal(2, 13, 37, 42), random.Normal(30, 13, 3, 3), random.Normal(30));
        CollectionAssert.IsSubsetOf(new[] { "DenseConvChain", "DenseConvInputGradientChain", "ConvWeightGradient" }, kernels.ToArray());
    }

    /// <summary>Few pixels, a single entry, wide strides.</summary>
    [TestMethod]
    [DataRow(10, 3, 2)]
    [DataRow(40, 1, 2)]
    [DataRow(90, 3, 3)]
    public void LeavesWhatDoesNotPayToOnnxRuntime(int side, int size, int stride)
    {
        var random = new RandomTensors(3);
        var kernels = BothForms.Compare(x => Op.Conv(x[0], x[1], null, stride, size / 2), 1e-4f, random.Normal(2, 12, side, side),
            random.Normal(14, 12, size, size));
        Assert.IsFalse(kernels.Any(kernel => kernel.StartsWith("DenseConv", StringComparison.Ordinal)));
    }
}
