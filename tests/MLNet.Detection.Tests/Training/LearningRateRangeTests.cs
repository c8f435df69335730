using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

[TestClass]
public sealed class LearningRateRangeTests
{
    // A loss that falls fastest at 1e-3 in the logarithm of the rate, and then explodes.
    [TestMethod]
    public void TheSteepestFallIsSuggested()
    {
        var steps = Enumerable.Range(0, 600).Select(i => (Rate: (float)Math.Pow(10, -6 + i / 100.0), i))
            .Select(s => (s.Rate, Loss: (float)(2 - Math.Tanh(3 * (Math.Log10(s.Rate) + 3)) + (s.Rate > 0.03 ? 100 * s.Rate : 0)))).ToList();
        var found = new LearningRateRange(steps).Suggested!.Value;
        // The average lags by ten steps, a tenth of a power of ten.
        Assert.IsInRange(0.9e-3f, 1.6e-3f, found);
    }

    [TestMethod]
    public void WithoutAFallThereIsNone()
    {
        Assert.IsNull(new LearningRateRange([.. Enumerable.Range(1, 50).Select(i => (i * 0.001f, 1f + i))]).Suggested);
        Assert.IsNull(new LearningRateRange([(0.1f, 3f), (0.2f, 2f)]).Suggested);
    }

    [TestMethod]
    public void ARunRisesAndEndsWhenItDiverges()
    {
        using var run = new SmallRun(train: 8);
        var options = run.Options(epochs: 20, batch: 4, workspace: "unused");
        var range = LearningRateRange.Measure(new MLContext(seed: 1), options, new DetectionDataView(run.Train), 1e-6f, 100f);
        Assert.AreEqual(1e-6f, range.Steps[0].Rate, 1e-9f);
        Assert.IsTrue(range.Steps.Zip(range.Steps.Skip(1)).All(pair => pair.Second.Rate > pair.First.Rate));
        Assert.IsLessThan(40, range.Steps.Count);
        Assert.IsNotNull(range.Suggested);
        Assert.IsFalse(Directory.Exists(run.Folder("unused")));
        Assert.ThrowsExactly<ArgumentException>(() => LearningRateRange.Measure(new(), options, new DetectionDataView(run.Train), 1, 0.1f));
    }

    [TestMethod]
    public void TheUserMayStopIt()
    {
        using var run = new SmallRun(train: 4);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsExactly<OperationCanceledException>(() => LearningRateRange.Measure(new MLContext(seed: 1),
            run.Options(cancel: stop.Token, progress: new SmallRun.Told(_ => stop.Cancel())), new DetectionDataView(run.Train)));
    }
}
