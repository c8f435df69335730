using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Threads;

/// <summary>This library's kernels, and whole models with them, on several threads.</summary>
[TestClass]
public sealed class KernelThreadTests
{
    private static readonly RandomTensors Random = new(9);

    /// <summary>An expression of the kernels and what it is computed with.</summary>
    public sealed record Case(string Name, Func<Var[], Var> F, params Tensor[] Inputs)
    {
        public override string ToString() => Name;
    }

    public static IEnumerable<Case> Cases { get; } =
    [
        new("depthwise", x => Op.Conv(x[0], x[1], x[2], 1, 1, 1, 24), Random.Normal(2, 24, 40, 41),
            Random.Normal(24, 1, 3, 3), Random.Normal(24)),
        new("depthwise, stride 2", x => Op.Conv(x[0], x[1], x[2], 2, 2, 1, 24), Random.Normal(2, 24, 40, 41),
            Random.Normal(24, 1, 5, 5), Random.Normal(24)),
        new("Winograd", x => Op.Conv(x[0], x[1], x[2], 1, 1), Random.Normal(2, 32, 30, 34), Random.Normal(40, 32, 3, 3),
            Random.Normal(40)),
        new("dense, stride 2", x => Op.Conv(x[0], x[1], x[2], 2, 1), Random.Normal(2, 17, 41, 38),
            Random.Normal(33, 17, 3, 3), Random.Normal(33)),
        new("MaxPool", x => Op.Apply("MaxPool", [x[0]], new() { { "kernel_shape", new long[] { 3, 3 } },
            { "strides", new long[] { 2, 2 } }, { "pads", new long[] { 1, 1, 1, 1 } } }), Random.Normal(2, 24, 60, 61)),
        new("Transpose", x => Op.Transpose(x[0], 0, 2, 3, 1) * 2f, Random.Normal(4, 48, 32, 30)),
        new("elementwise", x => Op.Log(Op.Exp(x[0]) + 1f) * Op.Tanh(x[1]) + Op.Pow(Op.Sigmoid(x[0]), 1.5f),
            Random.Normal(700, 91), Random.Normal(91)),
        new("sums of rows", x => Op.ReduceSum(Op.Softplus(x[0]) * x[1], [1], keep: false), Random.Normal(700, 91),
            Random.Normal(700, 1)),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void AKernelGivesTheSameBitsInEveryRun(Case kernel)
    {
        var graph = new Graph();
        Var[] x = [.. kernel.Inputs.Select((input, i) => graph.Input($"x{i}", input.Type, input.Shape))];
        var y = kernel.F(x);
        var upstream = new RandomTensors(5).Normal([.. y.Shape]);
        Var[] outputs = [y, .. Gradient.Of(y, graph.Input("upstream", [.. y.Shape]), x)];
        Check(outputs, kernel.Name, [.. kernel.Inputs.Select((input, i) => ($"x{i}", input)), ("upstream", upstream)]);
    }

    // Dense, depthwise and windowed attention with a table of positions, a feature pyramid, pooling.
    [TestMethod]
    [DataRow("mobilenet_v3_16.onnx"), DataRow("retinanet_16.onnx"), DataRow("swin_16.onnx"), DataRow("ssd_vgg_16.onnx")]
    [DataRow("detr_17.onnx"), DataRow("convnext_17.onnx"), DataRow("yolov8_17.onnx")]
    public void AModelGivesTheSameBitsInEveryRun(string file)
    {
        var model = OnnxModel.Load(Path.Combine("References/exports", file));
        var graph = new Graph();
        var heads = GraphReader.Read(model, graph, model.OutputNames,
            new() { IsParameter = name => model.Initializers.TryGetValue(name, out var weight)
                && weight.DataType == (int)ElementType.Float32 });
        var loss = heads.Select(head => Op.SumAll(head * head)).Aggregate((a, b) => a + b);
        Var[] floats = [.. graph.Inputs.Where(input => input.Type == ElementType.Float32)];
        Check([loss, .. Gradient.Of(loss, floats)], file, [.. graph.Inputs.Select(input => (input.Name,
            model.Initializers.TryGetValue(input.Name, out var weight) ? weight.ToTensor()
                : new RandomTensors(5).Normal([.. input.Shape])))]);
    }

    private static void Check(Var[] values, string what, (string, Tensor)[] feeds)
    {
        Var[] outputs = [.. values.Select((value, i) => value.Graph.Output($"result{i}", value))];
        foreach (var kernels in new[] { true, false })
        {
            var results = ThreadSweep.Run(outputs, Device.Cpu with { Kernels = kernels }, what, feeds);
            foreach (var count in ThreadSweep.Counts.Skip(1))
                for (var i = 0; i < outputs.Length; i++)
                    Close.AreEqualByScale(results[1][i], results[count][i], 1e-3f, $"{what}, {i}, {count} threads");
        }
    }
}
