using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Tests.Interop;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>Runs whose pictures are changed before they are learnt.</summary>
[TestClass]
public sealed class AugmentedRunTests
{
    [TestMethod]
    public void A_resumed_run_sees_the_same_pictures()
    {
        using var run = new SmallRun();
        var whole = run.Fit(Options(run, "whole"));
        using var stop = new CancellationTokenSource();
        var steps = 0;
        Assert.ThrowsExactly<OperationCanceledException>(() => run.Fit(Options(run, "part", cancel: stop.Token,
            progress: new SmallRun.Told(_ => { if (++steps == 2) stop.Cancel(); }))));
        var resumed = run.Fit(Options(run, "part", resume: "part/checkpoint.safetensors"));
        CollectionAssert.AreEqual(SmallRun.Weights(whole.Detector), SmallRun.Weights(resumed.Detector));
    }

    [TestMethod]
    public void Every_change_gets_pictures_of_the_networks_size_with_their_boxes()
    {
        using var run = new SmallRun();
        var seen = new Recorder();
        var options = Options(run, "seen", first: seen);
        run.Fit(options);
        var size = options.Detector.Resize;
        Assert.HasCount(2 * run.Train.Images.Length, seen.Pictures);
        Assert.IsTrue(seen.Pictures.All(picture =>
            picture.Image.Width == size.Width && picture.Image.Height == size.Height));
        Assert.AreEqual(2 * run.Train.BoxCount, seen.Pictures.Sum(picture => picture.Boxes.Count));
    }

    // What is cropped away is not learnt: the loss of pictures without objects is that of background alone.
    [TestMethod]
    public void Boxes_that_a_change_drops_are_not_learnt()
    {
        using var run = new SmallRun();
        var result = run.Fit(Options(run, "none", first: new Dropped(), mix: false));
        Assert.IsTrue(result.History.All(epoch => epoch.Terms["box"] == 0));
    }

    // Pictures that estimators decoded and changed stand before the trainer; undecoded ones give the same weights.
    [TestMethod]
    public void Pictures_of_estimators_are_learnt_as_they_changed_them()
    {
        using var run = new SmallRun(train: 4, val: 1);
        var (ml, detection) = (new MLContext(seed: 1), new MLContext(seed: 1).Detection());
        var options = run.Options() with { Columns = new(Image: "Picture") };
        float[] Learn(IEstimator<ITransformer> steps) => SmallRun.Weights(
            new FineTuneTrainer(ml, options).Train(steps.Fit(new DetectionDataView(run.Train)).Transform(new DetectionDataView(run.Train)))
                .Detector);
        var plain = SmallRun.Weights(run.Fit(run.Options()).Detector);
        CollectionAssert.AreEqual(plain, Learn(detection.DecodeImage()));
        CollectionAssert.AreNotEqual(plain, Learn(detection.DecodeImage().Append(detection.RandomHorizontalFlip(probability: 1))));

        var chain = detection.DecodeImage().Append(detection.RandomHorizontalFlip(), TransformerScope.Training)
            .Append(new FineTuneTrainer(ml, options));
        var scored = chain.Fit(new DetectionDataView(run.Train)).Transform(new DetectionDataView(run.Val));
        Assert.HasCount(1, Rows.Vectors<float>(scored, "Score"));
    }

    [TestMethod]
    public void Boxes_of_pictures_that_a_step_changed_are_refused_beside_unchanged_pictures()
    {
        using var run = new SmallRun(train: 4, val: 1);
        var (ml, detection) = (new MLContext(seed: 1), new MLContext(seed: 1).Detection());
        FineTuneResult Learn(IEstimator<ITransformer> steps) => new FineTuneTrainer(ml, run.Options() with { Epochs = 1 })
            .Train(steps.Fit(new DetectionDataView(run.Train)).Transform(new DetectionDataView(run.Train)));
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => Learn(detection.DecodeImage().Append(detection.RandomHorizontalFlip(probability: 1))));
        Assert.Contains("Column 'BoundingBoxes' has boxes of the pictures in 'Picture'", error.Message);
        Assert.Contains("new(Image: \"Picture\")", error.Message);
        Assert.IsNotNull(Learn(detection.DecodeImage()));
    }

    private static FineTuneTrainer.Options Options(SmallRun run, string workspace, string? resume = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default, IAugmentation? first = null,
        bool mix = true) => new()
        {
            Detector = SmallRun.Detector, Epochs = 2, BatchSize = 5, Seed = 3, WorkspacePath = run.Folder(workspace),
            ResumeFrom = resume is null ? null : run.Folder(resume), Progress = progress, Cancellation = cancel,
            Augmentations = [.. first is null ? [] : new[] { first }, new RandomZoom(), new RandomIouCrop(),
                new ColorJitter()],
            Mix = mix && first is null
                ? new Mosaic(SmallRun.Detector.Resize.Width, SmallRun.Detector.Resize.Height, 0.5) : null,
        };

    private sealed record Recorder : IAugmentation
    {
        private readonly Lock _lock = new();

        public List<LabeledPicture> Pictures { get; } = [];

        public LabeledPicture Apply(LabeledPicture picture, Random random)
        {
            lock (_lock)
                Pictures.Add(picture);
            return picture;
        }
    }

    private sealed record Dropped : IAugmentation
    {
        public LabeledPicture Apply(LabeledPicture picture, Random random) => picture with { Boxes = [] };
    }
}
