using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>The functions of compiled loops against float64, over their whole range.</summary>
[TestClass]
public class LaneFunctionTests
{
    private const float Subnormal = 1e-40f;

    private static readonly float[] s_extremes =
    [
        0, -0f, float.Epsilon, Subnormal, -Subnormal, 1e-30f, -1e-30f, 1, -1, 0.75f, 1.5f, 88.7f, -87.4f, 89, -104,
        1e30f, -1e30f, float.MaxValue, -float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    public static IEnumerable<object[]> Functions =>
    [
        Function("exp", Exp, Math.Exp, 110), Function("log", Log, Math.Log, 10),
        Function("log of large", Log, Math.Log, 3e38), Function("log of small", Log, Math.Log, 1e-37),
        Function("log near 1", x => Log(x + 1f), x => Math.Log((float)(x + 1f)), 0.01),
        Function("sigmoid", Sigmoid, x => 1 / (1 + Math.Exp(-x)), 85),
        Function("tanh", Tanh, Math.Tanh, 4), Function("tanh near 0", Tanh, Math.Tanh, 0.7),
        Function("softplus", Softplus, x => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))), 15),
    ];

    private static object[] Function(string name, Func<Var, Var> f, Func<double, double> exact, double range) =>
        [name, f, exact, range];

    [TestMethod]
    [DynamicData(nameof(Functions))]
    public void AFunctionIsRightToItsLastBits(string name, Func<Var, Var> f, Func<double, double> exact, double range)
    {
        float[] x = [.. Enumerable.Range(-2000, 4001).Select(i => (float)(i / 2000.0 * range))];
        var y = Computed(f, x);
        for (var i = 0; i < x.Length; i++)
        {
            var expected = exact(x[i]);
            var isSame = double.IsNaN(expected) ? float.IsNaN(y[i]) : y[i] == (float)expected
                || Math.Abs(y[i] - expected) <= 4e-7 * Math.Abs(expected) + 3e-45;
            Assert.IsTrue(isSame, $"{name} of {x[i]:R}: {y[i]:R}, expected {expected:R}");
        }
    }

    [TestMethod]
    public void ExtremeNumbersAreRightToo()
    {
        Expect(Exp, [1, 1, 1, 1, 1, 1, 1, (float)Math.E, (float)Math.Exp(-1), (float)Math.Exp(0.75),
            (float)Math.Exp(1.5), (float)Math.Exp(88.7f), (float)Math.Exp(-87.4f), float.PositiveInfinity, 0,
            float.PositiveInfinity, 0, float.PositiveInfinity, 0, float.PositiveInfinity, 0, float.NaN]);
        Expect(Log, [.. s_extremes.Select(x => (float)Math.Log(x))]);
        Expect(Sigmoid, [.. s_extremes.Select(x => (float)(1 / (1 + Math.Exp(-x))))]);
        Expect(Tanh, [.. s_extremes.Select(x => (float)Math.Tanh(x))]);
        Expect(x => Relu(x), [.. s_extremes.Select(x => float.IsNaN(x) ? x : Math.Max(x, 0))]);
        Expect(x => Clip(x, -2, 3), [.. s_extremes.Select(x => Math.Clamp(x, -2, 3))]);
        Expect(x => Sign(x), [.. s_extremes.Select(x => float.IsNaN(x) ? 0 : (float)Math.Sign(x))]);
    }

    private static void Expect(Func<Var, Var> f, float[] expected)
    {
        var y = Computed(f, s_extremes);
        for (var i = 0; i < y.Length; i++)
            Assert.IsTrue(y[i].Equals(expected[i]) || Math.Abs(y[i] - expected[i]) <= 4e-7 * Math.Abs(expected[i])
                + 1e-37, $"of {s_extremes[i]:R}: {y[i]:R}, expected {expected[i]:R}");
    }

    // In a chain of two, as a single operator stays with ONNX Runtime.
    private static float[] Computed(Func<Var, Var> f, float[] values)
    {
        var graph = new Graph();
        var x = graph.Input("x", values.Length);
        var y = graph.Output("y", -f(x));
        var (found, kernels) = BothForms.Run([y], Device.Cpu, ("x", Tensor.Vector(values)));
        CollectionAssert.AreEqual(new[] { "Elementwise" }, kernels.ToArray());
        return [.. found[0].Values<float>().ToArray().Select(value => -value)];
    }
}
