using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>
/// Dense convolutions with random kernels, strides, paddings and dilations: values and both gradients against ONNX Runtime's
/// operators, and the same bits of what kernels compute for any number of threads.
/// </summary>
[TestClass]
public class RandomDenseConvolutionTests
{
    // Of the outputs.
    private static readonly string[] _kernels = ["DenseConvChain", "DenseConvInputGradient", "ConvWeightGradient"];

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void EqualTheOperatorsOnAnyNumberOfThreads(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 16; round++)
            Compare(random, $"seed {seed}, round {round}");
    }

    private static void Compare(Random random, string name)
    {
        var tensors = new RandomTensors(random.Next());
        int[] kernel = [random.Next(1, 8), random.Next(1, 8)], strides = [random.Next(1, 4), random.Next(1, 3)];
        if (random.Next(2) == 0)
            (kernel, strides) = ([kernel[0] | 1, kernel[0] | 1], [2, 2]);
        int[] dilations = random.Next(3) == 0 ? [random.Next(1, 4), random.Next(1, 4)] : [1, 1];
        int[] pads = [.. Enumerable.Range(0, 4).Select(i => random.Next((kernel[i % 2] - 1) * dilations[i % 2] + 1))];
        var (images, channels, filters) = (random.Next(1, 6), random.Next(1, 50), random.Next(1, 90));
        var (height, width) = (random.Next(1, 60), random.Next(1, 60));
        height = Math.Max(height, (kernel[0] - 1) * dilations[0] + 1 - pads[0] - pads[2]);
        width = Math.Max(width, (kernel[1] - 1) * dilations[1] + 1 - pads[1] - pads[3]);
        var graph = new Graph();
        var (x, w) = (tensors.Normal(images, channels, height, width), tensors.Normal(filters, channels, kernel[0], kernel[1]));
        var bias = tensors.Normal(filters);
        Var[] given = [graph.Input("x", x.Type, x.Shape), graph.Input("w", w.Type, w.Shape), graph.Input("b", bias.Type, bias.Shape)];
        var y = Op.Apply("Conv", random.Next(2) == 0 ? given : given[..2], new()
        {
            { "kernel_shape", Longs(kernel) }, { "strides", Longs(strides) }, { "dilations", Longs(dilations) },
            { "pads", Longs(pads) },
        });
        var upstream = graph.Input("dy", y.Type, y.Shape);
        var gradients = Gradient.Of(Op.SumAll(y * upstream), [given[0], given[1]]);
        Var[] outputs = [graph.Output("y", Op.Relu(y)), graph.Output("dx", gradients[0]), graph.Output("dw", gradients[1])];
        (string, Tensor)[] feeds = [("x", x), ("w", w), ("b", bias), ("dy", tensors.Normal(y.Shape.ToArray()))];
        name += $": {x.Shape}, {w.Shape}, strides {strides[0]}, {strides[1]}";
        var (expected, _) = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feeds);
        var (found, kernels) = BothForms.Run(outputs, Device.Cpu with { Threads = 1 }, feeds);
        for (var i = 0; i < outputs.Length; i++)
            Close.AreEqualByScale(expected[i], found[i], 1e-4f, $"{name}: {outputs[i].Name}");
        // What ONNX Runtime's own operators compute differs in the last digits.
        List<int> own = [.. _kernels.Index().Where(kernel => kernels.Any(name => name.StartsWith(kernel.Item, StringComparison.Ordinal)))
            .Select(kernel => kernel.Index)];
        foreach (var threads in own.Count > 0 ? new[] { 2, 8 } : [])
        {
            var (same, _) = BothForms.Run(outputs, Device.Cpu with { Threads = threads }, feeds);
            foreach (var i in own)
                CollectionAssert.AreEqual(found[i].Data, same[i].Data, $"{name}, {threads} threads: {outputs[i].Name}");
        }
    }

    private static long[] Longs(int[] numbers) => [.. numbers.Select(number => (long)number)];
}
