using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Random chains, some longer than a loop's body, against ONNX Runtime's operators.</summary>
[TestClass]
public class RandomChainTests
{
    public static IEnumerable<object[]> Seeds => Enumerable.Range(0, 40).Select(seed => new object[] { seed });

    [TestMethod]
    [DynamicData(nameof(Seeds))]
    public void ARandomChainEqualsItsOperators(int seed)
    {
        var random = new Random(seed);
        var (rows, columns) = (random.Next(1, 200), random.Next(2, 150));
        var graph = new Graph();
        var places = graph.Input("places", ElementType.Int64, new(rows, 1));
        var x = new[] { new[] { rows, columns }, [rows, 1], [columns], [] }
            .Select((dims, i) => graph.Input($"x{i}", [.. dims.Select(dim => (long)dim)])).ToArray();
        var outputs = Outputs(graph, x, places, random, random.Next(3, 60));
        (string, Tensor)[] feeds = [.. x.Select((input, i) => (input.Name, new RandomTensors(seed + i).Normal(
            [.. input.Shape]))), ("places", Tensor.Of<long>(places.Shape,
            [.. Enumerable.Range(0, rows).Select(_ => random.NextInt64(columns))]))];
        feeds = [.. feeds.Where(feed => GraphInputs(outputs).Contains(feed.Item1))];
        var (expected, _) = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feeds);
        var (found, kernels) = BothForms.Run(outputs, Device.Cpu, feeds);
        Assert.IsNotEmpty(kernels);
        for (var i = 0; i < outputs.Length; i++)
            Close.AreEqual(expected[i], found[i], 2e-4f, $"{outputs[i].Name} of seed {seed}");
    }

    // Values stay about as large as 1, so that rounding does; what is compared is never the outcome of rounding.
    private static Var[] Outputs(Graph graph, Var[] x, Var places, Random random, int steps)
    {
        var values = x.ToList();
        Var Any() => values[random.Next(Math.Max(0, values.Count - 12), values.Count)];
        for (var i = 0; i < steps; i++)
            values.Add(Next(random.Next(14), Any(), Any(), x[random.Next(4)], x[0]));
        var dense = values[^1] + x[0] * Any();
        return
        [
            graph.Output("dense", dense), graph.Output("other", x[0] * values[random.Next(values.Count)] + Any()),
            graph.Output("mean", ReduceMean(dense * Any(), [1])), graph.Output("mask", Greater(x[0] + 0f * x[1], x[1])),
            graph.Output("corrected", ScatterElements(Tanh(dense), places, x[1] * 2f, 1, "add")),
        ];
    }

    private static Var Next(int kind, Var a, Var b, Var given, Var first) => kind switch
    {
        0 => a * 0.5f + b * 0.5f,
        1 => Tanh(a) * b,
        2 => Sigmoid(a - b),
        3 => Exp(Clip(a, -3, 0.5f)),
        4 => Log(Abs(a) + 0.25f),
        5 => a / (1f + b * b),
        6 => Softplus(a) - Softplus(b),
        7 => Where(Greater(first, given), a, b),
        8 => Max(a, b),
        9 => Min(a, b.Like(0.3)),
        10 => Sqrt(Abs(a) + 0.1f),
        11 => HardSigmoid(a) * Relu(b),
        12 => Pow(Sigmoid(a), 1.5f) - Pow(Sigmoid(b), 3f),
        _ => 1f - Clip(a, -1, 1),
    };

    private static HashSet<string> GraphInputs(Var[] outputs)
    {
        using var session = GraphSession.Open(outputs, null, Device.Cpu with { Kernels = false });
        return [.. session.Session.InputMetadata.Keys];
    }
}
