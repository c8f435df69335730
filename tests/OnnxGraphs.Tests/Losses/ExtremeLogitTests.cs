using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Losses;

/// <summary>
/// Losses of logits where ONNX Runtime's Sigmoid has no right digit (it is 0 from -18 down), against their formulas in
/// float64: value and derivative, with kernels and without.
/// </summary>
[TestClass]
public sealed class ExtremeLogitTests
{
    private static readonly double[] Logits = [-80, -40, -30, -20, -18, -17.5, -17, -16, -12, -3, 0.5, 12, 17, 18, 30, 80];

    /// <summary>A loss of one logit and target as a formula.</summary>
    public sealed record Case(Loss Loss, Func<double, double, double> Formula, float[] Targets)
    {
        public override string ToString() => Loss.GetType().Name;
    }

    public static IEnumerable<Case> Cases =>
    [
        new(new BinaryCrossEntropyLoss(), Entropy, [0, 1, 0.3f]),
        new(new BinaryCrossEntropyLoss(2.5f), (x, t) => 2.5 * t * Minus(x) + (1 - t) * Plus(x), [0, 1, 0.3f]),
        new(new FocalLoss(), (x, t) => t > 0.5 ? 0.25 * Math.Pow(P(-x), 2) * Minus(x) : 0.75 * Math.Pow(P(x), 2) * Plus(x),
            [0, 1]),
        new(new FocalLoss(null, 0.5f), (x, t) => t > 0.5 ? Math.Sqrt(P(-x)) * Minus(x) : Math.Sqrt(P(x)) * Plus(x), [0, 1]),
        new(new VarifocalLoss(), (x, t) => t > 0 ? t * Entropy(x, t) : 0.75 * Math.Pow(P(x), 2) * Plus(x), [0, 0.8f]),
        new(new QualityFocalLoss(), (x, t) => Math.Pow(t == 0 ? P(x) : P(-x), 2) * Entropy(x, t), [0, 1]),
        // One pixel a region: 1 - 2 p t / (p + t), - log of it, p t / (p + t - p t).
        new(new DiceLoss { Scope = RegionScope.Image, Epsilon = 1e-30f }, (x, t) => t == 0 ? 1 : P(-x) / (1 + P(x)), [1]),
        new(new TverskyLoss(0.5f, 0.5f) { Scope = RegionScope.Image, Epsilon = 1e-30f },
            (x, t) => P(-x) / (1 + P(x)), [1]),
        new(new JaccardLoss { Scope = RegionScope.Image, Epsilon = 1e-30f }, (x, t) => P(-x), [1]),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void ValueAndDerivativeAreThoseOfTheFormula(Case extreme)
    {
        foreach (var target in extreme.Targets)
        {
            var graph = new Graph();
            var x = graph.Input("x", Logits.Length, 1);
            var loss = (extreme.Loss with { Reduction = Reduction.None }).Of(x,
                graph.Constant("t", Tensor.Filled(new(Logits.Length, 1), target)));
            Var[] outputs = [graph.Output("y", loss), graph.Output("d", Gradient.Of(Op.SumAll(loss), [x])[0])];
            foreach (var kernels in new[] { true, false })
            {
                var (found, _) = Kernels.BothForms.Run(outputs, Device.Cpu with { Kernels = kernels },
                    ("x", Tensor.Of<float>(new(Logits.Length, 1), [.. Logits.Select(logit => (float)logit)])));
                for (var i = 0; i < Logits.Length; i++)
                    Check(extreme, target, Logits[i], found[0].Values<float>()[i], found[1].Values<float>()[i]);
            }
        }
    }

    // Below 0 every digit counts, above it p - 1 and 1 - score have no more than 6e-8, where the largest is about 1.
    private static void Check(Case extreme, float target, double x, float value, float slope)
    {
        const double h = 1e-3;
        var what = $"{extreme} of {x} at {target}";
        double At(double at) => extreme.Formula(at, target);
        var expected = (At(x - 2 * h) - 8 * At(x - h) + 8 * At(x + h) - At(x + 2 * h)) / (12 * h);
        var region = extreme.Loss is RegionLoss;
        Assert.AreEqual(At(x), value, 1e-5 * Math.Abs(At(x)) + (x > 0 ? 3e-7 : region ? 1e-7 : 1e-38), what);
        if (region && x < 0)
            expected = Slope(extreme.Loss, x);
        Assert.AreEqual(expected, slope, 2e-4 * Math.Abs(expected) + (x > 0 ? 1e-6 : 1e-37), $"slope of {what}");
    }

    // Of 2 p / (1 + p) and of p, with p' = p (1 - p): differences of 1 - score have no digits for a small p.
    private static double Slope(Loss loss, double x) =>
        -P(x) * P(-x) * (loss is JaccardLoss ? 1 : 2 / Math.Pow(1 + P(x), 2));

    // With nothing else in the region the logarithm is taken of the smallest of probabilities: limited at 1e-7.
    [TestMethod]
    [DataRow(-17f), DataRow(-16f), DataRow(-14f), DataRow(-3f)]
    public void TheLogarithmOfARegionHasItsDigits(float x)
    {
        var loss = new DiceLoss { Logarithmic = true };
        var rig = new LossRig();
        var logit = rig.Feed("x", new(1, 1), x);
        var value = loss.Of(logit, rig.Feed("t", new(1, 1), 1));
        var found = rig.Finite(value, logit);
        var (p, e) = (P(x), 1e-7);
        var score = 2 * p / (p + 1 + e);
        Assert.AreEqual(-Math.Log(Math.Max(score, 1e-7)), found[0][0], 1e-5);
        Assert.AreEqual(score < 1e-7 ? 0 : -(1 - p) * (1 + e) / (p + 1 + e), found[1][0], 1e-5);
    }

    [TestMethod]
    public void LogisticHasItsDigitsAndItsOrder()
    {
        var x = Enumerable.Range(0, 4001).Select(i => -87f + i * 0.03f).ToArray();
        var graph = new Graph();
        var y = graph.Output("y", Op.Logistic(graph.Input("x", x.Length)));
        foreach (var kernels in new[] { true, false })
        {
            var found = Kernels.BothForms.Run([y], Device.Cpu with { Kernels = kernels }, ("x", Tensor.Vector<float>(x)))
                .Values[0].Values<float>().ToArray();
            for (var i = 0; i < x.Length; i++)
            {
                Assert.AreEqual(1, found[i] / P(x[i]), 2e-6, $"at {x[i]}");
                Assert.IsTrue(i == 0 || found[i] >= found[i - 1], $"order at {x[i]}");
            }
        }
    }

    private static double P(double x) => 1 / (1 + Math.Exp(-x));

    // -log p and -log(1 - p).
    private static double Minus(double x) => Plus(-x);

    private static double Plus(double x) => Math.Max(x, 0) + LogOfOnePlus(Math.Exp(-Math.Abs(x)));

    private static double LogOfOnePlus(double e) => e > 1e-5 ? Math.Log(1 + e) : e - e * e / 2 + e * e * e / 3;

    private static double Entropy(double x, double t) => t * Minus(x) + (1 - t) * Plus(x);
}
