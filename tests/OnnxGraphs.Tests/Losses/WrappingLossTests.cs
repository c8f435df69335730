using OnnxGraphs.Losses;

namespace OnnxGraphs.Tests.Losses;

/// <summary>Losses without golden cases, against their formulas in float64.</summary>
[TestClass]
public class WrappingLossTests
{
    private static readonly float[] X = [0.5f, -2, 3, 1, -1, 0.25f];
    private static readonly float[] T = [1, 0, 0, 1, 1, 0];

    private static double P(double x) => 1 / (1 + Math.Exp(-x));

    private static double Bce(int i) => T[i] == 1 ? -Math.Log(P(X[i])) : -Math.Log(1 - P(X[i]));

    [TestMethod]
    public void HardestElements()
    {
        var rig = new LossRig();
        var (x, t) = (rig.Feed("x", new(2, 3), X), rig.Feed("t", new(2, 3), T));
        var results = rig.Finite(new HardestLoss(new BinaryCrossEntropyLoss(), 1 / 3f).Of(x, t), x);
        int[] hardest = [.. Enumerable.Range(0, 6).OrderByDescending(Bce).Take(2)];
        Assert.AreEqual(hardest.Average(Bce), results[0][0], 1e-6);
        LossRig.Close([.. Enumerable.Range(0, 6).Select(i => hardest.Contains(i) ? (P(X[i]) - T[i]) / 2 : 0)],
            results[1], 1e-5, 1e-9, "gradient");
    }

    [TestMethod]
    public void HarmonizedGradients()
    {
        var rig = new LossRig();
        var (x, t) = (rig.Feed("x", new(2, 3), X), rig.Feed("t", new(2, 3), T));
        var results = rig.Finite(new GradientHarmonizedLoss(4).Of(x, t), x);
        int Bin(int i) => (int)Math.Min(3, 4 * Math.Abs(P(X[i]) - T[i]));
        var bins = Enumerable.Range(0, 6).GroupBy(Bin).ToDictionary(bin => bin.Key, bin => bin.Count());
        double Weight(int i) => 1.0 / bins[Bin(i)] / bins.Count;
        Assert.AreEqual(Enumerable.Range(0, 6).Sum(i => Weight(i) * Bce(i)), results[0][0], 1e-6);
        LossRig.Close([.. Enumerable.Range(0, 6).Select(i => Weight(i) * (P(X[i]) - T[i]))], results[1], 1e-5, 0,
            "gradient");
    }

    [TestMethod]
    [DataRow(1f)]
    [DataRow(4f)]
    public void Distillation(float temperature)
    {
        var rig = new LossRig();
        var (x, t) = (rig.Feed("x", new(2, 3), X), rig.Feed("t", new(2, 3), 3, 1, 0, 0, -1, 2));
        var results = rig.Finite(new DistillationLoss(temperature).Of(x, t), x);
        double[] Soft(float[] logits) => [.. logits.Select(v => Math.Exp(v / temperature) / logits.Sum(w =>
            Math.Exp(w / temperature)))];
        double[] p = [.. Soft([3, 1, 0]), .. Soft([0, -1, 2])], q = [.. Soft(X[..3]), .. Soft(X[3..])];
        var expected = temperature * temperature * p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum() / 2;
        Assert.AreEqual(expected, results[0][0], 1e-5 * expected);
        LossRig.Close([.. p.Zip(q, (a, b) => temperature * (b - a) / 2)], results[1], 1e-4, 1e-7, "gradient");
    }

    [TestMethod]
    [DataRow(1f)]
    [DataRow(4f)]
    public void DistillationOfSigmoids(float temperature)
    {
        float[] teacher = [3, 1, 0, 0, -1, 60];
        var rig = new LossRig();
        var (x, t) = (rig.Feed("x", new(2, 3), X), rig.Feed("t", new(2, 3), teacher));
        var results = rig.Finite(new BinaryDistillationLoss(temperature).Of(x, t), x);
        double[] Soft(float[] logits) => [.. logits.Select(v => 1 / (1 + Math.Exp(-v / (double)temperature)))];
        double[] p = Soft(teacher), q = Soft(X);
        double Term(double a, double b) => a == 0 ? 0 : a * Math.Log(a / b);
        var expected = temperature * temperature * p.Zip(q, (a, b) => Term(a, b) + Term(1 - a, 1 - b)).Sum() / 6;
        Assert.AreEqual(expected, results[0][0], 1e-5 * expected);
        LossRig.Close([.. p.Zip(q, (a, b) => temperature * (b - a) / 6)], results[1], 1e-4, 1e-7, "gradient");
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var x = new OnnxGraphs.Graphs.Graph().Input("x", 2, 3);
        FocalLossTests.Refused(() => new HardestLoss(new L1Loss(), 0).Of(x, x), "HardestLoss: Share is 0;");
        FocalLossTests.Refused(() => new GradientHarmonizedLoss(0).Of(x, x), "GradientHarmonizedLoss: Bins is 0;");
        FocalLossTests.Refused(() => new HardestLoss(new L1Loss()) { Reduction = Reduction.None }.Of(x, x),
            "HardestLoss: Reduction is Mean, None; expected Mean, Batch");
    }
}
