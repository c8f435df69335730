using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Updates that read the gradients of weights where they lie, against ONNX Runtime's operators.</summary>
[TestClass]
public class PartwiseTests
{
    private const string Kernel = "ElementwisePartwise";

    private static readonly long[] Sizes = [1, 3, 16, 40_001, 2, 7000, 513, 16384, 1, 1];

    public static IEnumerable<object[]> Optimizers =>
        [[new Sgd(0)], [new Sgd(0.9f, Nesterov: true) { WeightDecay = 0.1f }], [new AdamW { WeightDecay = 0.1f }]];

    [TestMethod]
    [DynamicData(nameof(Optimizers))]
    public void AnUpdateReadsGradientsWhereTheyLie(Optimizer optimizer)
    {
        var (outputs, old, feeds) = Update(optimizer);
        var (expected, _) = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feeds);
        Tensor[]? first = null;
        foreach (var threads in new[] { 1, 2, 8 })
        {
            using var session = GraphSession.Open(outputs, null, Device.Cpu,
                options => options.IntraOpNumThreads = threads, [.. old.Zip(outputs)]);
            Assert.IsTrue(session.MayShare);
            CollectionAssert.Contains(session.Kernels.ToArray(), Kernel);
            var found = OnnxRun.Of(session.Session, feeds);
            for (var i = 0; i < outputs.Length; i++)
            {
                Close.AreEqual(expected[i], found[i], 1e-5f, outputs[i].Name);
                if (first is not null)
                    CollectionAssert.AreEqual(first[i].Values<float>().ToArray(), found[i].Values<float>().ToArray());
            }
            first = found;
        }
    }

    /// <summary>The norm needs all gradients before any of them is used.</summary>
    [TestMethod]
    public void AClippedUpdateReadsOneVector()
    {
        var (outputs, _, feeds) = Update(new Sgd { ClipNorm = 0.5f });
        var (expected, _) = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feeds);
        var (found, kernels) = BothForms.Run(outputs, Device.Cpu, feeds);
        CollectionAssert.DoesNotContain(kernels.ToArray(), Kernel);
        for (var i = 0; i < outputs.Length; i++)
            Close.AreEqual(expected[i], found[i], 1e-5f, outputs[i].Name);
    }

    [TestMethod]
    public void AVectorThatIsWantedIsWritten()
    {
        var graph = new Graph();
        Var[] parts = [.. Sizes.Select((size, i) => graph.Input($"x{i}", size))];
        var vector = Op.Concat([.. parts.Select(Op.Exp)], 0);
        Var[] outputs = [graph.Output("vector", vector), graph.Output("y", Op.Tanh(vector) * 2f + 1f)];
        var random = new RandomTensors(4);
        (string, Tensor)[] feeds = [.. Sizes.Select((size, i) => ($"x{i}", random.Normal(size)))];
        var (expected, _) = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feeds);
        var (found, kernels) = BothForms.Run(outputs, Device.Cpu, feeds);
        CollectionAssert.DoesNotContain(kernels.ToArray(), Kernel);
        for (var i = 0; i < outputs.Length; i++)
            Close.AreEqual(expected[i], found[i], 1e-5f, outputs[i].Name);
    }

    // An optimiser's update of a vector; its gradient is computed in parts.
    private static (Var[] Outputs, Var[] Old, (string, Tensor)[] Feeds) Update(Optimizer optimizer)
    {
        var (graph, size) = (new Graph(), Sizes.Sum());
        var (p, rate, step) = (graph.Input("p", size), graph.Input("rate"), graph.Input("step"));
        Var[] slots = [.. optimizer.Slots.Select(slot => graph.Input(slot, size))];
        Var[] parts = [.. Sizes.Select((part, i) => graph.Input($"x{i}", part))];
        var gradient = Op.Concat([.. parts.Select(part => Op.Exp(part) * part)], 0);
        var update = optimizer.Update(p, gradient, slots, rate, step);
        Var[] old = [p, .. slots];
        Var[] outputs = [.. update.Slots.Prepend(update.Parameters).Select((value, i) => graph.Output($"next{i}", value))];
        var random = new RandomTensors(3);
        return (outputs, old, [("rate", Tensor.Scalar(ElementType.Float32, 0.1)),
            ("step", Tensor.Scalar(ElementType.Float32, 3)),
            .. Sizes.Select((part, i) => ($"x{i}", random.Normal(part))),
            .. old.Select(value => (value.Name, random.Uniform(0.1, 1, size)))]);
    }
}
