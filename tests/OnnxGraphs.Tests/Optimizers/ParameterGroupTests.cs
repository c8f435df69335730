using OnnxGraphs.Artifacts;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;

namespace OnnxGraphs.Tests.Optimizers;

[TestClass]
public sealed class ParameterGroupTests
{
    private static readonly float[] Start = Random(1);

    [TestMethod]
    public void AFactorOfTheRateIsAnotherRate()
    {
        var found = Run(new AdamW { WeightDecay = 0.1f }, 4, 0.1f, new ParameterGroup("filter.*") { RateFactor = 0.1f });
        Same("filter.w", Run(new AdamW { WeightDecay = 0.1f }, 4, 0.01f), found);
        Same("filter.b", Run(new AdamW { WeightDecay = 0.1f }, 4, 0.01f), found);
        Same("last.w", Run(new AdamW { WeightDecay = 0.1f }, 4, 0.1f), found);
    }

    [TestMethod]
    public void BiasesAreLeftOutOfTheDecay()
    {
        var found = Run(new AdamW { WeightDecay = 0.1f }, 4, 0.1f, new ParameterGroup { VectorsOnly = true, WeightDecay = 0 });
        foreach (var name in new[] { "filter.b", "last.b" })
            Same(name, Run(new AdamW(), 4, 0.1f), found);
        foreach (var name in new[] { "filter.w", "small.w", "last.w" })
            Same(name, Run(new AdamW { WeightDecay = 0.1f }, 4, 0.1f), found);
    }

    [TestMethod]
    public void GroupsOfAWeightAddUp()
    {
        var found = Run(new Sgd(), 3, 1f, new ParameterGroup("last.*") { RateFactor = 0.5f, WeightDecay = 0.1f },
            new ParameterGroup { VectorsOnly = true, RateFactor = 0.5f, WeightDecay = 0 });
        Same("last.b", Run(new Sgd(), 3, 0.25f), found);
        Same("last.w", Run(new Sgd { WeightDecay = 0.1f }, 3, 0.5f), found);
        Same("filter.b", Run(new Sgd(), 3, 0.5f), found);
        Same("small.w", Run(new Sgd(), 3, 1f), found);
    }

    // The optimiser meets a frozen weight for the first time when it thaws: its averages are empty, its count is 1.
    [TestMethod]
    public void AFrozenWeightStaysAndThenBegins()
    {
        using var run = new GivenGradients(new AdamW(), Start, new ParameterGroup("small.*") { FrozenSteps = 2 });
        run.Step(0.1f, Random(10));
        Same("small.w", Start, run.Step(0.1f, Random(11)));
        using var fresh = new GivenGradients(new AdamW(), Start);
        Same("small.w", fresh.Step(0.1f, Random(12)), run.Step(0.1f, Random(12)));
        Same("small.w", fresh.Step(0.1f, Random(13)), run.Step(0.1f, Random(13)));
    }

    [TestMethod]
    public void AFrozenWeightDoesNotCountForTheNorm()
    {
        float[] gradient = [.. Random(3).Select((g, i) => i is >= 112 and < 124 ? 1e6f : g)];
        using var run = new GivenGradients(
            new Sgd(0) { ClipNorm = 1 }, Start, new ParameterGroup("small.*") { FrozenSteps = 1 });
        using var without = new GivenGradients(new Sgd(0) { ClipNorm = 1 }, Start);
        var expected = without.Step(1, [.. gradient.Select(g => g == 1e6f ? 0 : g)]);
        var found = run.Step(1, gradient);
        foreach (var name in new[] { "filter.w", "filter.b", "last.w", "last.b" })
            Same(name, expected, found);
    }

    [TestMethod]
    public void GroupsGoWithMuon()
    {
        var found = Run(new Muon { WeightDecay = 0.1f }, 3, 0.1f, new ParameterGroup("small.*") { RateFactor = 0.5f });
        Same("small.w", Run(new Muon { WeightDecay = 0.1f }, 3, 0.05f), found);
        Same("last.b", Run(new Muon { WeightDecay = 0.1f }, 3, 0.1f), found);
    }

    [TestMethod]
    public void AGroupWithoutWeightsIsRefused() => Assert.Contains("group 'backbone.*'. Weights are, for example, 'filter.w'",
        Assert.ThrowsExactly<ModelException>(() => Run(new Sgd(), 1, 1, new ParameterGroup("backbone.*"))).Message);

    [TestMethod]
    public void NumbersOutOfRangeAreRefused()
    {
        foreach (var group in new[] { new ParameterGroup { RateFactor = -1 }, new() { WeightDecay = float.NaN },
            new() { FrozenSteps = -1 } })
            Assert.Contains("expected zero or more",
                Assert.ThrowsExactly<ArgumentException>(() => Run(new Sgd(), 1, 1, group)).Message);
    }

    private static float[] Run(Optimizer optimizer, int steps, float rate, params ParameterGroup[] groups)
    {
        using var run = new GivenGradients(optimizer, Start, groups);
        var found = Start;
        for (var step = 0; step < steps; step++)
            found = run.Step(rate, Random(10 + step));
        return found;
    }

    private static void Same(string name, float[] expected, float[] found)
    {
        var (x, y) = (GivenGradients.Of(name, expected), GivenGradients.Of(name, found));
        for (var i = 0; i < x.Length; i++)
            Assert.AreEqual(x[i], y[i], 2e-6 * (1 + Math.Abs(x[i])), $"{name}[{i}]");
    }

    private static float[] Random(int seed) => new RandomTensors(seed).Normal(138).Values<float>().ToArray();
}
