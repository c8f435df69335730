using MLNet.Detection.Data;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Training;
using OnnxGraphs.Distributed;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Training.Parts;

/// <summary>Whole runs on several ranks: who writes, who measures, who decides, and how they go on.</summary>
[TestClass]
public sealed class RanksRunTests
{
    private readonly SmallRun _small = new();

    [TestCleanup]
    public void Remove() => _small.Dispose();

    [TestMethod]
    public void AllRanksReturnTheBestWeightsThatRank0Measured()
    {
        var options = _small.Options(epochs: 3, validate: true, keepBest: true, rate: 2e-2f, optimizer: new OnnxGraphs.Optimizers.Sgd());
        var results = Run(3, options);
        var best = results[0].History.Max(epoch => epoch.Validation!.MAP50_95);
        foreach (var result in results)
            CollectionAssert.AreEqual(Moved.Weights(results[0].Detector), Moved.Weights(result.Detector));
        Assert.IsTrue(results[0].History.All(epoch => epoch.Validation is not null));
        Assert.IsTrue(results[1].History.All(epoch => epoch.Validation is null), "rank 0 alone has the metrics");
        Assert.IsGreaterThanOrEqualTo(0.0, best);
    }

    [TestMethod]
    public void Rank0EndsTheRunForAll()
    {
        // No weight moves: no epoch is better than the first.
        var results = Run(2, _small.Options(epochs: 6, validate: true, patience: 2, rate: 1e-30f));
        foreach (var result in results)
            Assert.HasCount(3, result.History);
    }

    [TestMethod]
    public void ACheckpointOfTwoRanksGoesOnOnThreeAndOnOne()
    {
        var whole = Run(1, _small.Options(epochs: 3));
        using (var stop = new CancellationTokenSource())
        {
            // One rank is told, all stop after the same step.
            Assert.ThrowsExactly<OperationCanceledException>(() => Run(2, _small.Options(epochs: 3, workspace: "work"),
                (rank, options) => rank == 0 ? options with { MetricsCallback = _ => stop.Cancel() }
                    : options with { Cancellation = stop.Token }));
        }
        Assert.AreEqual(3, Checkpoint.Load(_small.Folder("work/checkpoint.safetensors")).Step);
        foreach (var ranks in new[] { 3, 1 })
        {
            var rest = Run(ranks, _small.Options(epochs: 3, resume: "work/checkpoint.safetensors"));
            foreach (var result in rest)
            {
                Assert.HasCount(2, result.History);
                Assert.IsLessThan(0.02, Moved.Apart(SmallRun.Detector, whole[0].Detector, result.Detector));
            }
        }
    }

    [TestMethod]
    public void Rank0AloneWritesAndReports()
    {
        var told = new int[2];
        Run(2, _small.Options(epochs: 1, workspace: "work"), (rank, options) => options with
        {
            WorkspacePath = _small.Folder($"work{rank}"), MetricsCallback = _ => told[rank]++,
        });
        CollectionAssert.AreEqual(new[] { 1, 0 }, told);
        Assert.IsTrue(File.Exists(_small.Folder("work0/log.csv")) && File.Exists(_small.Folder("work0/checkpoint.safetensors")));
        Assert.IsFalse(Directory.Exists(_small.Folder("work1")));
    }

    [TestMethod]
    public void OtherDataIsRefusedOnAllRanks()
    {
        var other = SmallRun.With(_small.Train, _small.Train.Images.Select((image, i) => i == 7 ? image with { Boxes = [] } : image));
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => ThreadRanks.Run(2, ranks => _small.Fit(
            _small.Options(epochs: 1, backend: new StepBackend { Ranks = ranks }), ranks.IsFirst() ? _small.Train : other)));
        StringAssert.Contains(error.Message, "Rank 1 has other data than rank 0");
        StringAssert.Contains(error.Message, Path.GetFileName(other.Images[7].Path));
    }

    // A rate so small that no weight moves: all runs measure the same detector, which was taught before.
    [TestMethod]
    [DataRow(2, false)]
    [DataRow(3, false)]
    [DataRow(3, true)]
    public void ScoresOfSharesAreThoseOfOneProcess(int ranks, bool atNeed)
    {
        File.WriteAllText(_small.Val.Images[4].Path, "this is no picture");
        var taught = _small.Fit(_small.Options(epochs: 12, rate: 2e-2f)).Detector;
        var options = _small.Options(epochs: 1, detector: taught, rate: 1e-30f, validate: true) with { ShownPictures = 3 };
        var alone = Run(1, options)[0];
        var shared = Run(ranks, atNeed ? options with { Cache = new(0) } : options);
        var (one, all) = (alone.History[0].Validation!, shared[0].History[0].Validation!);
        Assert.IsGreaterThan(0.0, one.MAP50_95);
        foreach (var (expected, found) in ((IEpochMetrics)one).Shown.Zip(((IEpochMetrics)all).Shown))
            Assert.AreEqual(expected, found);
        foreach (var (expected, found) in one.PerCategory.Zip(all.PerCategory))
        {
            Assert.AreEqual((expected.GroundTruths, expected.AP, expected.AR100), (found.GroundTruths, found.AP, found.AR100));
            CollectionAssert.AreEqual(expected.PrecisionRecall.ToList(), found.PrecisionRecall.ToList());
        }
        foreach (var (expected, found) in alone.History[0].Pictures.Zip(shared[0].History[0].Pictures))
        {
            CollectionAssert.AreEqual(expected.Image.Pixels, found.Image.Pixels);
            CollectionAssert.AreEqual(expected.Objects.ToList(), found.Objects.ToList());
        }
        Assert.HasCount(3, shared[0].History[0].Pictures);
        StringAssert.Contains(Assert.ContainsSingle(shared[0].SkippedImages), _small.Val.Images[4].FileName);
    }

    [TestMethod]
    public void AnotherValidationSetIsRefused()
    {
        var other = SmallRun.With(_small.Val, _small.Val.Images.Select((image, i) => i == 2 ? image with { Boxes = [] } : image));
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Run(3, _small.Options(epochs: 1, validate: true),
            (rank, options) => rank == 2 ? options with { ValidationSet = new DetectionDataView(other) } : options));
        StringAssert.Contains(error.Message, "Rank 2 has another ValidationSet than rank 0");
        error = Assert.ThrowsExactly<InvalidOperationException>(() => Run(2, _small.Options(epochs: 1, validate: true),
            (rank, options) => rank == 1 ? options with { ValidationSet = null } : options));
        StringAssert.Contains(error.Message, "Some ranks have a ValidationSet");
    }

    private IReadOnlyList<FineTuneResult> Run(int ranks, FineTuneTrainer.Options options,
        Func<int, FineTuneTrainer.Options, FineTuneTrainer.Options>? change = null) => ThreadRanks.Run(ranks, rank =>
            _small.Fit((change?.Invoke(rank.Rank, options) ?? options) with { Backend = new StepBackend { Ranks = rank } }));
}
