using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>The gradient of MaxPool against ONNX Runtime's operators.</summary>
[TestClass]
public class MaxPoolGradientTests
{
    [TestMethod]
    [DataRow(3, 2, 1, 1, 0)]
    [DataRow(2, 2, 0, 1, 0)]
    [DataRow(2, 2, 0, 1, 1)]
    [DataRow(3, 1, 1, 1, 0)]
    [DataRow(3, 2, 2, 2, 0)]
    [DataRow(5, 3, 2, 1, 1)]
    public void EqualsTheOperators(int size, int stride, int pad, int dilation, int ceil)
    {
        var kernels = BothForms.Compare(x => Op.Apply("MaxPool", [x[0]], new()
        {
            { "kernel_shape", new long[] { size, size } }, { "strides", new long[] { stride, stride } },
            { "pads", new long[] { pad, pad, pad, pad } }, { "dilations", new long[] { dilation, dilation } },
            { "ceil_mode", ceil },
        }), 1e-6f, new RandomTensors(2).Normal(2, 3, 12, 15));
        CollectionAssert.Contains(kernels.ToArray(), "MaxPoolGradient");
    }

    [TestMethod]
    public void OfEqualMaximaTheFirstTakesTheGradient()
    {
        var x = Tensor.Of<float>(new(1, 1, 2, 4), [1, 1, 0, 2, 1, 1, 2, 2]);
        BothForms.Compare(v => Op.Apply("MaxPool", [v[0]], new()
        {
            { "kernel_shape", new long[] { 2, 2 } }, { "strides", new long[] { 2, 2 } },
        }), 0, x);
    }
}
