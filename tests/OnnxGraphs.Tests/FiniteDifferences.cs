using System.Runtime.InteropServices;
using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

/// <summary>
/// Gradients against central differences, both computed by ONNX Runtime: with S = sum(f(x) u) for a random u,
/// dS/dx_i = (S(x + e_i h) - S(x - e_i h)) / 2h. Sums are taken in float64, so that the error of the difference is
/// about 6e-8 |f| / h of rounding and h^2 / 6 |f'''| of curvature.
/// </summary>
internal sealed class FiniteDifferences : IDisposable
{
    /// <summary>Larger tensors are checked at this many random entries and along as many random directions.</summary>
    private const int Entries = 48;

    private readonly Tensor[] _inputs;
    private readonly float[] _upstream;
    private readonly TensorShape _shape;
    private readonly OnnxRun _forward;
    private readonly Tensor[] _gradients;
    private readonly Random _random = new(7);

    private FiniteDifferences(Func<Var[], Var> f, Tensor[] inputs)
    {
        _inputs = inputs;
        var graph = new Graph();
        Var[] x = [.. inputs.Select((input, i) => graph.Input($"x{i}", input.Type, input.Shape))];
        var y = f(x);
        Nodes = [.. graph.Nodes.Select(node => node.Op)];
        _shape = y.Shape;
        var upstream = new RandomTensors(3).Normal(y.Shape.ToArray());
        _upstream = upstream.Values<float>().ToArray();
        _forward = new(GraphWriter.Write([graph.Output("y", y)], x));
        var gradients = Gradient.Of(Op.SumAll(y * graph.Constant("upstream", upstream)), x);
        Var[] outputs = [.. gradients.Select((gradient, i) => graph.Output($"d{i}", gradient))];
        _gradients = OnnxRun.Once(GraphWriter.Write(outputs, x), Feed(inputs));
    }

    private string[] Nodes { get; }

    /// <summary>
    /// Fails unless every gradient has its input's shape, is finite and agrees with the differences to
    /// tolerance (1 + largest entry). Returns the operators that f is made of.
    /// </summary>
    public static IReadOnlyList<string> Check(Func<Var[], Var> f, float step, float tolerance, params Tensor[] inputs)
    {
        using var differences = new FiniteDifferences(f, inputs);
        for (var i = 0; i < inputs.Length; i++)
            differences.Check(i, step, tolerance);
        return differences.Nodes;
    }

    public void Dispose() => _forward.Dispose();

    private void Check(int input, float step, float tolerance)
    {
        Assert.AreEqual(_inputs[input].Shape, _gradients[input].Shape, $"shape of the gradient of input {input}");
        var gradient = _gradients[input].Values<float>().ToArray();
        Assert.IsTrue(gradient.All(float.IsFinite),
            $"gradient of input {input}: {string.Join(" ", gradient.Take(20))}");
        var bound = tolerance * (1 + gradient.Select(Math.Abs).DefaultIfEmpty().Max());
        foreach (var entry in Chosen(gradient.Length))
            Compare($"input {input} at {entry}", Unit(gradient.Length, entry), 1);
        if (gradient.Length <= Entries)
            return;
        for (var i = 0; i < 4; i++)
            Compare($"input {input}, direction {i}", Direction(gradient.Length), Math.Sqrt(gradient.Length));

        void Compare(string what, float[] direction, double spread)
        {
            var expected = (Sum(input, direction, step) - Sum(input, direction, -step)) / (2 * step);
            var found = gradient.Zip(direction, (g, d) => (double)g * d).Sum();
            Assert.AreEqual(expected, found, bound * spread, what);
        }
    }

    private IEnumerable<int> Chosen(int count) => count <= Entries
        ? Enumerable.Range(0, count) : Enumerable.Range(0, Entries).Select(_ => _random.Next(count));

    private static float[] Unit(int count, int entry)
    {
        var unit = new float[count];
        unit[entry] = 1;
        return unit;
    }

    // Small steps in every entry: +-1/8, so that the kinks stay as far away as with single entries.
    private float[] Direction(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => _random.Next(2) == 0 ? 0.125f : -0.125f)];

    private double Sum(int input, float[] direction, float step)
    {
        var moved = _inputs[input].Values<float>().ToArray();
        for (var i = 0; i < moved.Length; i++)
            moved[i] += step * direction[i];
        Tensor[] inputs = [.. _inputs];
        inputs[input] = Tensor.Of<float>(_inputs[input].Shape, moved);
        var y = _forward.Run(Feed(inputs))[0];
        Assert.AreEqual(_shape, y.Shape, "inferred and real shape");
        return MemoryMarshal.Cast<byte, float>(y.Data).ToArray().Zip(_upstream, (a, b) => (double)a * b).Sum();
    }

    private static (string, Tensor)[] Feed(Tensor[] inputs) => [.. inputs.Select((input, i) => ($"x{i}", input))];
}
