using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

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

    /// <summary>The same bits as window after window gives, with many equal numbers and some NaN, on any number of threads.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void WindowsThatOverlapAddUpInOrder(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 12; round++)
        {
            var (height, width, pad) = (random.Next(3, 50), random.Next(3, 120), random.Next(3));
            var x = Tensor.Of<float>(new(2, 3, height, width), [.. Enumerable.Range(0, 6 * height * width)
                .Select(_ => random.Next(40) == 0 ? float.NaN : random.Next(-3, 3))]);
            var graph = new Graph();
            var given = graph.Input("x", ElementType.Float32, x.Shape);
            var y = Op.Apply("MaxPool", [given], new()
            {
                { "kernel_shape", new long[] { 3, 3 } }, { "strides", new long[] { 2, 2 } },
                { "pads", new long[] { pad, pad, pad, pad } }, { "ceil_mode", random.Next(2) },
            });
            var upstream = graph.Input("dy", y.Type, y.Shape);
            Var[] outputs = [graph.Output("dx", Gradient.Of(Op.SumAll(y * upstream), [given])[0])];
            var dy = new RandomTensors(seed).Normal(y.Shape.ToArray());
            var expected = Spread(dy, x, pad);
            foreach (var threads in new[] { 1, 2, 8 })
            {
                var (found, kernels) = BothForms.Run(outputs, Device.Cpu with { Threads = threads }, ("x", x), ("dy", dy));
                CollectionAssert.AreEqual(expected, found[0].Values<float>().ToArray(), $"{height} x {width}, pad {pad}");
                CollectionAssert.Contains(kernels.ToArray(), "MaxPoolGradient");
            }
        }
    }

    // Window by window, row by row.
    private static float[] Spread(Tensor dy, Tensor x, int pad)
    {
        var (height, width, rows, columns) = ((int)x.Shape[2], (int)x.Shape[3], (int)dy.Shape[2], (int)dy.Shape[3]);
        ReadOnlySpan<float> numbers = x.Values<float>(), gradients = dy.Values<float>();
        var dx = new float[x.Shape.Size];
        for (var i = 0; i < gradients.Length; i++)
        {
            var (map, row, column) = (i / (rows * columns), i / columns % rows, i % columns);
            var largest = -1;
            for (var p = Math.Max(0, 2 * row - pad); p < Math.Min(height, 2 * row - pad + 3); p++)
                for (var q = Math.Max(0, 2 * column - pad); q < Math.Min(width, 2 * column - pad + 3); q++)
                    if ((map * height + p) * width + q is var place && (largest < 0 || numbers[place] > numbers[largest]))
                        largest = place;
            dx[largest] += gradients[i];
        }
        return dx;
    }
}
