using Microsoft.ML;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Tests.Heads;
using MLNet.Detection.Training;
using OnnxGraphs.Distributed;
using OnnxGraphs.Losses;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Training.Parts;

/// <summary>Steps whose batch comes in parts, one after another or on several ranks, beside steps of the whole batch.</summary>
[TestClass]
public sealed class DetectorPartsTests
{
    /// <summary>Ranks, batch and passes: even, uneven, more places than pictures, ranks and passes without one.</summary>
    private static readonly (int Ranks, int Batch, int Passes)[] Forms =
        [(1, 2, 2), (1, 1, 4), (1, 3, 2), (2, 4, 1), (3, 4, 1), (4, 4, 1), (3, 7, 1), (2, 2, 2), (2, 5, 2), (3, 3, 3)];

    public static IEnumerable<object[]> Cases => from detector in Detectors.Keys
                                                 from form in Forms
                                                 select new object[] { detector, form.Ranks, form.Batch, form.Passes };

    public static IEnumerable<object[]> Names => Detectors.Keys.Select(name => new object[] { name });

    // The seed is one with which rounding turns over no maximum of a pool in five steps.
    private static Dictionary<string, Func<(DetectorModel, DetectionLoss?)>> Detectors { get; } =
        HeadCase.All.Select(row => ((HeadCase)row[0]).File)
            .ToDictionary(file => file, file => (Func<(DetectorModel, DetectionLoss?)>)(() => (HeadCase.Of(file).Load(), null)))
            .Append(new("built in", () => (new SmallDetector { Classes = HeadExport.Classes, Seed = 5 }.Build(), ScratchRecipe.Loss)))
            .Append(new("two stages", () => (new TwoStageExport("pyramid").LoadForEverything(), null)))
            .ToDictionary();

    // One step of gradient descent moves the weights by the gradient.
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void TheFirstStepsGradientIsThatOfTheWholeBatch(string name, int ranks, int batch, int passes)
    {
        var (detector, loss) = Detectors[name]();
        const float Rate = 10;
        var whole = Train(Options(detector, loss, 1, Rate) with { BatchSize = batch * passes });
        var parts = TrainParts(Options(detector, loss, 1, Rate) with { BatchSize = batch, Accumulate = passes }, ranks);
        foreach (var part in parts)
        {
            Assert.IsLessThan(3e-6, Moved.Apart(detector, whole.Detector, part.Detector));
            Assert.AreEqual(whole.History[0].Loss, part.History[0].Loss, 1e-5 * (1 + whole.History[0].Loss));
            foreach (var (term, value) in whole.History[0].Terms)
                Assert.AreEqual(value, part.History[0].Terms[term], 1e-5 * (1 + Math.Abs(value)), term);
            CollectionAssert.AreEqual(Moved.Weights(parts[0].Detector), Moved.Weights(part.Detector), "all ranks alike");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void FiveStepsFollowThoseOfTheWholeBatch(string name)
    {
        var (detector, loss) = Detectors[name]();
        // Large enough that weights move by more than their own rounding, and so small that no match turns over.
        var rate = name == "yolov8" ? 1e-4f : 1e-3f;
        var whole = Train(Options(detector, loss, 5, rate) with { BatchSize = 4 });
        var parts = TrainParts(Options(detector, loss, 5, rate) with { BatchSize = 2, Accumulate = 2 }, 2);
        var apart = Moved.Apart(detector, whole.Detector, parts[0].Detector);
        // The same pictures in another order, in one process: what the order of float32 sums alone makes.
        var turned = Train(Options(detector, loss, 5, rate) with { BatchSize = 4, Sampler = new Backwards() });
        var rounding = Moved.Apart(detector, whole.Detector, turned.Detector);
        Console.WriteLine($"{name}: in parts {apart:e2}, in another order {rounding:e2}");
        Assert.IsLessThan(Math.Min(1e-5, 5 * rounding), apart);
    }

    [TestMethod]
    public void TheWholeGradientIsClippedAndTheAverageKept()
    {
        var (detector, loss) = Detectors["fcos"]();
        FineTuneTrainer.Options Clipped(int batch) => Options(detector, loss, 2, 1) with
        {
            BatchSize = batch, Optimizer = new Sgd(0.9f) { ClipNorm = 0.05f, WeightDecay = 0.01f },
            Average = new(0.9, 2),
        };
        var whole = Train(Clipped(4));
        var parts = TrainParts(Clipped(2) with { Accumulate = 2 }, 2);
        Assert.IsLessThan(1e-4, Moved.Apart(detector, whole.Detector, parts[0].Detector));
    }

    // A gradient that overflows on one rank is skipped by all: the first scales are far too large for float16.
    [TestMethod]
    public void Float16ScalesTheLossOnAllRanksAlike()
    {
        var (detector, loss) = Detectors["retinanet"]();
        var options = Options(detector, loss, 8, 1e-2f) with { Precision = OnnxGraphs.Precision.StepPrecision.Float16 };
        var whole = Train(options with { BatchSize = 4 });
        var parts = TrainParts(options with { BatchSize = 2, Accumulate = 2 }, 2);
        foreach (var part in parts)
        {
            Assert.AreEqual(whole.History[^1].LossScale, part.History[^1].LossScale);
            Assert.IsLessThan(0.02, Moved.Apart(detector, whole.Detector, part.Detector));
            CollectionAssert.AreEqual(Moved.Weights(parts[0].Detector), Moved.Weights(part.Detector));
        }
    }

    [TestMethod]
    public void ABatchSmallerThanTheRanksIsRefused()
    {
        var (detector, loss) = Detectors["fcos"]();
        var error = Assert.ThrowsExactly<ArgumentException>(() => TrainParts(Options(detector, loss, 1, 1) with { BatchSize = 2 }, 3));
        StringAssert.Contains(error.Message, "an image for each rank");
    }

    [TestMethod]
    public void TheOfficialRuntimeTakesNoParts()
    {
        var (detector, loss) = Detectors["fcos"]();
        var trainer = new FineTuneTrainer(new MLContext(1), Options(detector, loss, 1, 1) with { Accumulate = 2 });
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => trainer.WriteArtifacts("none")).Message, "Accumulate");
    }

    private static FineTuneTrainer.Options Options(DetectorModel detector, DetectionLoss? loss, int epochs, float rate) => new()
    {
        Detector = detector, Loss = loss, Epochs = epochs, LearningRate = rate, WarmUpEpochs = 0,
        Decay = new LinearDecay(1),
        Optimizer = new Sgd(0) { WeightDecay = 0 }, Sampler = new SmallRun.InOrder(),
    };

    private static FineTuneResult Train(FineTuneTrainer.Options options) =>
        new FineTuneTrainer(new MLContext(seed: 1), options).Train(new DetectionDataView(HeadExport.Pictures));

    private sealed record Backwards : Sampler
    {
        public override IReadOnlyList<SampleChoice> Epoch(int epoch, int count) =>
            [.. Enumerable.Range(0, count).Reverse().Select(i => new SampleChoice(i, false))];
    }

    private static IReadOnlyList<FineTuneResult> TrainParts(FineTuneTrainer.Options options, int ranks) => ThreadRanks.Run(ranks,
        rank => Train(options with { Backend = new StepBackend { Ranks = rank } }));
}
