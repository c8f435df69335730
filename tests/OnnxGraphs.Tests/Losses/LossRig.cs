using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Losses;

/// <summary>A graph with its fed inputs, run by ONNX Runtime.</summary>
internal sealed class LossRig
{
    private readonly Dictionary<string, Tensor> _feeds = [];

    public Graph Graph { get; } = new();

    /// <summary>Entries of gradients that are free beside those that the case itself names.</summary>
    public HashSet<int> Ties { get; set; } = [];

    /// <summary>An input of the graph that will be fed the tensor.</summary>
    public Var Feed(string name, Tensor value)
    {
        _feeds.Add(name, value);
        return Graph.Input(name, value.Type, value.Shape);
    }

    public Var Feed(string name, TensorShape shape, params float[] values) =>
        Feed(name, Tensor.Of<float>(shape, values));

    public Var Labels(string name, TensorShape shape, params long[] values) =>
        Feed(name, Tensor.Of<long>(shape, values));

    public Tensor[] Run(params IReadOnlyList<Var> outputs)
    {
        for (var i = 0; i < outputs.Count; i++)
            Graph.Output($"out{i}", outputs[i]);
        using var session = new InferenceSession(GraphWriter.Write(Graph).ToBytes());
        using var run = new RunOptions();
        var feeds = _feeds.ToDictionary(feed => feed.Key, feed => HostTensors.Write(feed.Value));
        using var results = session.Run(run, feeds, [.. outputs.Select((_, i) => $"out{i}")]);
        return [.. results.Select(HostTensors.Read)];
    }

    public float[][] RunFloats(params IReadOnlyList<Var> outputs) => [.. Run(outputs).Select(t =>
        t.Values<float>().ToArray())];

    /// <summary>Value and gradients against the case: 1e-5 and 1e-4 relative, or the case's own float32
    /// deviation.</summary>
    public void Meets(GoldenCase c, Var loss, params (string Name, Var Input)[] inputs)
    {
        var upstream = c.Upstream is { } given ? Feed("upstream", given) : Ops.Op.Filled(Graph, loss.Shape, 1);
        var gradients = Gradient.Of(loss, upstream, [.. inputs.Select(input => input.Input)]);
        var results = RunFloats([loss, .. gradients]);
        Close(c.Value, results[0], 1e-5, c.ValueDeviation, $"{c.Name}: value");
        for (var i = 0; i < inputs.Length; i++)
            Close(c.Gradient(inputs[i].Name), results[i + 1], 1e-4, c.GradientDeviation(inputs[i].Name),
                $"{c.Name}: gradient of {inputs[i].Name}", [.. c.Kinks(inputs[i].Name), .. Ties]);
    }

    /// <summary>|actual - expected| at most max(relative |expected|, absolute), element by element.</summary>
    public static void Close(IReadOnlyList<double> expected, IReadOnlyList<float> actual, double relative,
        double absolute,
        string what, HashSet<int>? except = null)
    {
        Assert.HasCount(expected.Count, actual, what);
        for (var i = 0; i < expected.Count; i++)
            Assert.IsTrue(except?.Contains(i) == true
                || Math.Abs(actual[i] - expected[i]) <= Math.Max(relative * Math.Abs(expected[i]), absolute),
                $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
    }

    /// <summary>Runs a scalar and its gradients; all must be finite numbers.</summary>
    public float[][] Finite(Var loss, params Var[] inputs)
    {
        var results = RunFloats([loss, .. Gradient.Of(loss, inputs)]);
        foreach (var values in results)
            Assert.IsTrue(values.All(float.IsFinite), "a value or gradient is not finite");
        return results;
    }
}
