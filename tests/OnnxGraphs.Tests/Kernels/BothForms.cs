using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>An expression and its gradients with kernels and with ONNX Runtime's operators alone.</summary>
internal static class BothForms
{
    /// <summary>
    /// Fails unless value and gradients (for a random upstream) agree to the tolerance. Returns what the kernels
    /// compute.
    /// </summary>
    public static IReadOnlyList<string> Compare(Func<Var[], Var> f, float tolerance, params Tensor[] inputs) =>
        Compare(f, (expected, found, what) => Close.AreEqual(expected, found, tolerance, what), inputs);

    /// <summary>The same with another comparison of an expected and a found value, which has a name.</summary>
    public static IReadOnlyList<string> Compare(Func<Var[], Var> f, Action<Tensor, Tensor, string> compare,
        params Tensor[] inputs)
    {
        var graph = new Graph();
        Var[] x = [.. inputs.Select((input, i) => graph.Input($"x{i}", input.Type, input.Shape))];
        var y = f(x);
        Var[] differentiable = [.. x.Where(input => input.Type == ElementType.Float32)];
        var upstream = graph.Input("upstream", y.Type, y.Shape);
        var gradients = Gradient.Of(Op.SumAll(y * upstream), differentiable);
        Var[] outputs = [graph.Output("y", y), .. gradients.Select((g, i) => graph.Output($"d{i}", g))];
        (string, Tensor)[] feeds = [.. inputs.Select((input, i) => ($"x{i}", input)),
            ("upstream", new RandomTensors(5).Normal(y.Shape.ToArray()))];
        var (expected, _) = Run(outputs, Device.Cpu with { Kernels = false }, feeds);
        var (found, kernels) = Run(outputs, Device.Cpu, feeds);
        for (var i = 0; i < outputs.Length; i++)
            compare(expected[i], found[i], outputs[i].Name);
        return kernels;
    }

    /// <summary>The values of a session's outputs, and what its kernels compute.</summary>
    public static (Tensor[] Values, IReadOnlyList<string> Kernels) Run(Var[] outputs, Device device,
        params (string, Tensor)[] feeds)
    {
        using var session = GraphSession.Open(outputs, null, device);
        return (OnnxRun.Of(session.Session, feeds), session.Kernels);
    }
}
