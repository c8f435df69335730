using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>
/// Convolutions of random kinds and sizes with what stands behind them, forward and back: against ONNX Runtime's operators,
/// and the same bits for any number of threads.
/// </summary>
[TestClass]
public class RandomConvolutionTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void EqualTheOperatorsOnAnyNumberOfThreads(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 12; round++)
            Compare(random, $"seed {seed}, round {round}");
    }

    private static void Compare(Random random, string name)
    {
        var tensors = new RandomTensors(random.Next());
        var (images, height, width) = (random.Next(1, 4), random.Next(3, 46), random.Next(3, 46));
        var (channels, filters, size) = (random.Next(12, 70), random.Next(12, 70), random.Next(3) == 0 ? 5 : 3);
        var stride = random.Next(3) == 0 ? 2 : 1;
        var graph = new Graph();
        var (names, values) = (new List<string>(), new List<Tensor>());
        Var Given(params long[] dims)
        {
            names.Add($"x{names.Count}");
            values.Add(tensors.Normal(dims));
            return graph.Input(names[^1], ElementType.Float32, new(dims));
        }

        var x = Given(images, channels, height, width);
        var (wide, thin) = (Given(filters, channels, 1, 1), Given(channels, filters, 1, 1));
        var (apart, dense) = (Given(filters, 1, size, size), Given(channels, channels, 3, 3));
        var between = Op.Conv(x, wide, Given(filters)) is var first ? first * Op.HardSigmoid(first) : first;
        var filtered = Op.Relu(Op.Conv(between, apart, Given(filters), stride, size / 2, 1, filters));
        var back = Op.Conv(filtered, thin, Given(channels));
        var y = Op.Conv(stride == 1 ? back + x : back, dense, null, 1, 1);
        var sum = Op.ReduceMean(y * y);
        Var[] outputs = [graph.Output("sum", sum), .. Gradient.Of(sum, [x, wide, thin, apart, dense])
            .Select((gradient, i) => graph.Output($"d{i}", gradient))];
        (string, Tensor)[] feeds = [.. names.Zip(values)];
        var (expected, _) = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feeds);
        var (found, kernels) = BothForms.Run(outputs, Device.Cpu with { Threads = 1 }, feeds);
        for (var i = 0; i < outputs.Length; i++)
            Close.AreEqualByScale(expected[i], found[i], 5e-4f, $"{name}: {outputs[i].Name}");
        // ONNX Runtime's own convolutions, which the dense one on few tiles is left to, differ in the last digits.
        foreach (var threads in kernels.Contains("WinogradConv") ? new[] { 2, 8 } : [])
        {
            var (same, _) = BothForms.Run(outputs, Device.Cpu with { Threads = threads }, feeds);
            for (var i = 1; i < outputs.Length; i++)
                CollectionAssert.AreEqual(found[i].Data, same[i].Data, $"{name}, {threads} threads: {outputs[i].Name}");
        }
    }
}
