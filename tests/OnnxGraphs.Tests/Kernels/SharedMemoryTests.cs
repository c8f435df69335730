using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>When new values may be written over old ones.</summary>
[TestClass]
public class SharedMemoryTests
{
    public static IEnumerable<object[]> Optimizers =>
    [
        [new Sgd(0)], [new Sgd { WeightDecay = 0.1f }], [new Sgd(0.9f, Nesterov: true) { WeightDecay = 0.1f }],
        [new AdamW { WeightDecay = 0.1f }], [new AdamW { ClipNorm = 0.5f }], [new Sgd { ClipNorm = 2 }],
    ];

    public static IEnumerable<object[]> Updates => from optimizer in Optimizers
                                                   from average in new[] { null, new WeightAverage(0.9, 5) }
                                                   select new object[] { optimizer[0], average! };

    [TestMethod]
    [DynamicData(nameof(Updates))]
    public void AnOptimizerUpdatesInPlace(Optimizer optimizer, WeightAverage? average)
    {
        var graph = new Graph();
        var (p, rate, step) = (graph.Input("p", 5000), graph.Input("rate"), graph.Input("step"));
        Var[] slots = [.. optimizer.Slots.Select(slot => graph.Input(slot, 5000))];
        var gradient = Op.Exp(p) * p;
        var update = optimizer.Update(p, gradient, slots, rate, step);
        List<Var> old = [p, .. slots], next = [update.Parameters, .. update.Slots];
        if (average is not null)
        {
            old.Add(graph.Input("average", 5000));
            next.Add(average.Update(old[^1], update.Parameters, step));
        }
        Var[] outputs = [.. next.Select((value, i) => graph.Output($"next{i}", value))];
        using var session = GraphSession.Open(outputs, null, Device.Cpu, null, [.. old.Zip(outputs)]);
        Assert.IsTrue(session.MayShare);
        // All vectors in one pass; clipping needs another one before it, for the norm.
        Assert.HasCount(optimizer.ClipNorm is null ? 1 : 2, session.Kernels);
        (string, Tensor)[] feeds = [("rate", Tensor.Scalar(ElementType.Float32, 0.1)),
            ("step", Tensor.Scalar(ElementType.Float32, 3)),
            .. old.Select((value, i) => (value.Name, new RandomTensors(i).Uniform(0.1, 1, 5000)))];
        var (expected, _) = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feeds);
        Compare(session, old, outputs, feeds, expected);
    }

    // The bound memory of an old value is that of the new one.
    private static void Compare(GraphSession session, List<Var> old, Var[] outputs, (string, Tensor)[] feeds,
        Tensor[] expected)
    {
        using var binding = session.Session.CreateIoBinding();
        using var run = new Microsoft.ML.OnnxRuntime.RunOptions();
        var values = feeds.ToDictionary(feed => feed.Item1, feed => HostTensors.Write(feed.Item2));
        foreach (var (name, value) in values.Where(value => session.Session.InputMetadata.ContainsKey(value.Key)))
            binding.BindInput(name, value);
        foreach (var (before, output) in old.Zip(outputs))
            binding.BindOutput(output.Name, values[before.Name]);
        session.Session.RunWithBinding(run, binding);
        for (var i = 0; i < outputs.Length; i++)
            Close.AreEqual(expected[i], HostTensors.Read(values[old[i].Name]), 1e-5f, outputs[i].Name);
        foreach (var value in values.Values)
            value.Dispose();
    }

    [TestMethod]
    public void AReaderThatMayComeLaterForbidsIt()
    {
        var graph = new Graph();
        var p = graph.Input("p", 5000);
        Var[] outputs = [graph.Output("next", p * 0.5f - Op.Exp(p)), graph.Output("largest", Op.ReduceMax(p))];
        using var session = GraphSession.Open(outputs, null, Device.Cpu, null, [(p, outputs[0])]);
        Assert.IsFalse(session.MayShare);
    }

    [TestMethod]
    public void ALaterElementwiseReaderMayShare()
    {
        var graph = new Graph();
        var p = graph.Input("p", 5000);
        var next = p * 0.5f - 1f;
        Var[] outputs = [graph.Output("next", next), graph.Output("change", Op.Exp(next) - p)];
        using var session = GraphSession.Open(outputs, null, Device.Cpu, null, [(p, outputs[0])]);
        Assert.IsTrue(session.MayShare);
        var feed = ("p", new RandomTensors(3).Uniform(0.1, 1, 5000));
        var (expected, _) = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feed);
        Compare(session, [p], [outputs[0]], [feed], expected[..1]);
    }

    // The sum goes through the old values when the new ones are there.
    [TestMethod]
    public void AnOldValueThatIsReadBehindTheNewOneForbidsIt()
    {
        var graph = new Graph();
        var p = graph.Input("p", 50, 100);
        Var[] outputs = [graph.Output("next", p * 0.5f - 1f), graph.Output("sum", Op.ReduceSum(p, [1]))];
        using var session = GraphSession.Open(outputs, null, Device.Cpu, null, [(p, outputs[0])]);
        Assert.IsFalse(session.MayShare);
    }

    [TestMethod]
    public void WithoutKernelsNothingIsShared()
    {
        var graph = new Graph();
        var p = graph.Input("p", 5000);
        Var[] outputs = [graph.Output("next", p * 0.5f - Op.Exp(p))];
        using var session = GraphSession.Open(outputs, null, Device.Cpu with { Kernels = false }, null,
            [(p, outputs[0])]);
        Assert.IsFalse(session.MayShare);
    }
}
