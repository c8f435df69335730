using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Elementwise operators, and sums, behind convolutions: in one pass, against ONNX Runtime's operators.</summary>
[TestClass]
public class ChainedKernelTests
{
    [TestMethod]
    [DataRow(16, 64, 40, 30)]
    [DataRow(64, 24, 20, 20)]
    [DataRow(24, 26, 60, 50)]
    [DataRow(40, 26, 10, 11)]
    public void PointwiseEqualsTheOperators(int channels, int filters, int height, int width)
    {
        var random = new RandomTensors(7);
        var kernels = BothForms.Compare(x => Block(x, Op.Conv(x[0], x[1], x[2])), 2e-4f,
            random.Normal(2, channels, height, width), random.Normal(filters, channels, 1, 1), random.Normal(filters));
        CollectionAssert.Contains(kernels.ToArray(), "PointwiseConvChain");
    }

    [TestMethod]
    [DataRow(6, 40, 30, 3, 1)]
    [DataRow(40, 10, 10, 5, 1)]
    [DataRow(3, 80, 70, 3, 2)]
    [DataRow(2, 150, 40, 5, 1)]
    public void DepthwiseEqualsTheOperators(int channels, int height, int width, int size, int stride)
    {
        var random = new RandomTensors(8);
        var kernels = BothForms.Compare(x => Block(x, Op.Conv(x[0], x[1], x[2], stride, size / 2, 1, channels)), 2e-4f,
            random.Normal(2, channels, height, width), random.Normal(channels, 1, size, size), random.Normal(channels));
        CollectionAssert.Contains(kernels.ToArray(), "DepthwiseConvChain");
    }

    /// <summary>Two convolutions with activations: the first one's gradient goes through the chain behind the second's.</summary>
    [TestMethod]
    public void GradientsGoThroughChainsToo()
    {
        var random = new RandomTensors(9);
        var kernels = BothForms.Compare(x =>
        {
            var wide = HardSwish(Op.Conv(x[0], x[1], x[2]));
            var filtered = Op.Relu(Op.Conv(wide, x[3], null, 1, 1, 1, 24));
            // So that the gradient waits for the value.
            var y = Op.Conv(filtered, x[4]);
            return y * y;
        }, (expected, found, what) => Close.AreEqualByScale(expected, found, 1e-4f, what), random.Normal(2, 8, 30, 26), random.Normal(24, 8, 1, 1), random.Normal(24), random.Normal(24, 1, 3, 3),
            random.Normal(12, 24, 1, 1));
        CollectionAssert.IsSubsetOf(new[]
        {
            "PointwiseConvChain", "DepthwiseConvChain", "PointwiseConvInputGradientChain", "DepthwiseConvInputGradientChain",
        }, kernels.ToArray());
    }

    /// <summary>What others read is written, also where the chain writes something else.</summary>
    [TestMethod]
    public void TheConvolutionsOwnOutputMayBeRead()
    {
        var random = new RandomTensors(10);
        var graph = new Graph();
        var (x, w) = (graph.Input("x", ElementType.Float32, new(2, 16, 24, 20)), graph.Input("w", ElementType.Float32,
            new(24, 16, 1, 1)));
        var y = Op.Conv(x, w);
        var active = Op.Relu(y);
        Var[] outputs = [graph.Output("y", y), graph.Output("active", active),
            graph.Output("sums", Op.ReduceSum(active, [2, 3], keep: false))];
        (string, Tensor)[] feeds = [("x", random.Normal(2, 16, 24, 20)), ("w", random.Normal(24, 16, 1, 1))];
        var (expected, _) = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feeds);
        var (found, kernels) = BothForms.Run(outputs, Device.Cpu, feeds);
        CollectionAssert.AreEqual(new[] { "PointwiseConvChain" }, kernels.ToArray());
        for (var i = 0; i < outputs.Length; i++)
            Close.AreEqual(expected[i], found[i], 1e-4f, outputs[i].Name);
    }

    /// <summary>The chain goes through a map that is too large for the cache some rows at a time, in both directions.</summary>
    [TestMethod]
    [DataRow(520, 520)]
    [DataRow(161, 75)]
    public void LargeMapsWithAStrideAreChainedByRows(int height, int width)
    {
        var random = new RandomTensors(11);
        var graph = new Graph();
        var (x, w) = (graph.Input("x", ElementType.Float32, new(1, 2, height, width)), graph.Input("w", ElementType.Float32,
            new(2, 1, 3, 3)));
        var active = Op.Relu(x * 2);
        var y = Op.Relu(Op.Conv(active, w, null, 2, 1, 1, 2)) * 2;
        var dx = Gradient.Of(Op.SumAll(y * y), [x])[0];
        (string, Tensor)[] feeds = [("x", random.Normal(1, 2, height, width)), ("w", random.Normal(2, 1, 3, 3))];
        Var[] outputs = [graph.Output("y", y), graph.Output("dx", dx)];
        var (expected, _) = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feeds);
        var (found, kernels) = BothForms.Run(outputs, Device.Cpu, feeds);
        CollectionAssert.IsSubsetOf(new[] { "DepthwiseConvChain", "DepthwiseConvInputGradientChain" }, kernels.ToArray());
        for (var i = 0; i < outputs.Length; i++)
            Close.AreEqual(expected[i], found[i], 1e-4f, outputs[i].Name);
    }

    // An activation that keeps its input for the gradient, a gate for each channel, and sums of maps.
    private static Var Block(Var[] x, Var y)
    {
        var active = HardSwish(y) * Op.Sigmoid(Op.Unsqueeze(x[2], 1, 2));
        return active + Op.ReduceMean(active, [2, 3], keep: true);
    }

    private static Var HardSwish(Var x) => x * Op.HardSigmoid(x);
}
