using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

[TestClass]
public sealed class RepeatFactorSamplerTests
{
    // 100 images: class 0 in all of them, class 1 in the last 4, class 2 in the last one.
    private static readonly int[][] Classes =
        [.. Enumerable.Range(0, 100).Select(i => i == 99 ? [0, 1, 2, 2] : i >= 96 ? [1, 0] : new[] { 0 })];

    [TestMethod]
    public void FactorsFollowTheirFormula()
    {
        var factors = RepeatFactorSampler.Factors(Classes, 0.09);
        Assert.AreEqual(1, factors[0]);
        Assert.AreEqual(1.5, factors[96], 1e-9);
        Assert.AreEqual(3, factors[99], 1e-9);
        Assert.AreEqual(1, RepeatFactorSampler.Factors([[], [0]], 0.5)[0]);
    }

    [TestMethod]
    public void ImagesComeAsOftenAsTheirFactors()
    {
        var sampler = new RepeatFactorSampler(0.09, Seed: 3).For(Classes);
        Assert.AreEqual(104, sampler.Length(100));
        var times = new int[100];
        for (var epoch = 0; epoch < 200; epoch++)
        {
            var choices = sampler.Epoch(epoch, 100);
            Assert.HasCount(104, choices);
            var own = choices.CountBy(choice => choice.Index).ToDictionary();
            foreach (var i in Enumerable.Range(0, 100))
                times[i] += own.GetValueOrDefault(i);
            Assert.IsInRange(1, 2, own[97]);
            Assert.IsInRange(2, 4, own[99]);
        }
        Assert.AreEqual(1.0, times[5] / 200.0, 0.06);
        Assert.AreEqual(1.5, times[97] / 200.0, 0.1);
        Assert.AreEqual(3.0, times[99] / 200.0, 0.1);
    }

    [TestMethod]
    public void SeedAndEpochDecide()
    {
        Sampler Sampler(int seed) => new RepeatFactorSampler(0.09, seed).For(Classes);
        CollectionAssert.AreEqual(Sampler(1).Epoch(2, 100).ToArray(), Sampler(1).Epoch(2, 100).ToArray());
        CollectionAssert.AreNotEqual(Sampler(1).Epoch(2, 100).ToArray(), Sampler(1).Epoch(3, 100).ToArray());
        CollectionAssert.AreNotEqual(Sampler(1).Epoch(2, 100).ToArray(), Sampler(2).Epoch(2, 100).ToArray());
    }

    [TestMethod]
    public void WithoutClassesItSaysWhatToDo() => Assert.Contains("call For first",
        Assert.ThrowsExactly<InvalidOperationException>(() => new RepeatFactorSampler().Epoch(0, 5)).Message);

    // The trainer tells the sampler the classes; epochs are as long as it says.
    [TestMethod]
    public void ARunTakesIt()
    {
        using var run = new SmallRun();
        var plain = run.Fit(run.Options(epochs: 1, batch: 1));
        var steps = new List<int>();
        var result = run.Fit(run.Options(epochs: 1, batch: 1, sampler: new RepeatFactorSampler(1, 2),
            progress: new SmallRun.Told(now => steps.Add(now.Steps))));
        Assert.IsGreaterThan(run.Train.Images.Length, steps.Max());
        Assert.AreEqual(plain.History.Count, result.History.Count);
    }
}
