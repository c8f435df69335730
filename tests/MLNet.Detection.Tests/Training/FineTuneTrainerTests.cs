using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;

namespace MLNet.Detection.Tests.Training;

/// <summary>What a run learns, and on what.</summary>
[TestClass]
public sealed class FineTuneTrainerTests
{
    [TestMethod]
    public void Lowers_the_loss_and_tells_every_step()
    {
        using var run = new SmallRun();
        var (told, epochs) = (new List<TrainingProgress>(), new List<EpochSummary>());
        var result = run.Fit(run.Options(epochs: 8, progress: new SmallRun.Told(told.Add), callback: epochs.Add));
        Assert.HasCount(8, result.History);
        Assert.IsLessThan(0.7f * result.History[0].Loss, result.History[^1].Loss);
        CollectionAssert.AreEqual(Enumerable.Range(1, 24).ToArray(),
            told.Where(p => p.Finished is null).Select(p => p.Step).ToArray());
        Assert.IsTrue(told.All(p => p is { Epochs: 8, Steps: 24 } && p.Epoch == (p.Step + 2) / 3));
        CollectionAssert.AreEqual(result.History.ToArray(),
            told.Select(p => p.Finished).OfType<EpochSummary>().ToArray());
        CollectionAssert.AreEqual(result.History.ToArray(), epochs);
        var first = told.Where(p => p is { Epoch: 1, Finished: null }).ToList();
        Assert.AreEqual(first.Average(p => p.Loss), result.History[0].Loss, 1e-5);
        Assert.AreEqual(first.Average(p => p.Terms["box"]), result.History[0].Terms["box"], 1e-5);
        Assert.IsTrue(told.All(p => Math.Abs(p.Terms["classification"] + p.Terms["box"] - p.Loss) < 1e-4f));
        Assert.AreEqual(new LearningRateSchedule(5e-3f, 3, 24).At(10),
            told.Single(p => p.Step == 11 && p.Finished is null).LearningRate);
    }

    [TestMethod]
    public void The_learning_rate_falls_as_the_option_says()
    {
        using var run = new SmallRun();
        var told = new List<TrainingProgress>();
        run.Fit(run.Options(epochs: 4, warmUp: 0, rate: 1e-3f, optimizer: new Lion(),
            progress: new SmallRun.Told(told.Add)) with { Decay = new StepDecay([0.5], 0.2) });
        float[] rates = [.. told.Where(p => p.Finished is null).Select(p => p.LearningRate)];
        Assert.HasCount(12, rates);
        for (var step = 0; step < 12; step++)
            Assert.AreEqual(step < 6 ? 1e-3f : 2e-4f, rates[step], 1e-9f, $"{step}");
    }

    [TestMethod]
    public void Same_seed_gives_the_same_bits()
    {
        using var run = new SmallRun();
        var weights = SmallRun.Weights(run.Fit(run.Options()).Detector);
        CollectionAssert.AreEqual(weights, SmallRun.Weights(run.Fit(run.Options()).Detector));
        CollectionAssert.AreNotEqual(weights, SmallRun.Weights(run.Fit(run.Options(seed: 4)).Detector));
        CollectionAssert.AreNotEqual(weights, SmallRun.Weights(SmallRun.Detector));
    }

    // Places that the last batch leaves empty must weigh nothing: five images in a batch of eight are a batch of five.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_partial_batch_is_a_smaller_batch(bool background)
    {
        using var run = new SmallRun(train: 5);
        var detector = background ? SmallRun.SoftmaxDetector : SmallRun.Detector;
        FineTuneTrainer.Options Plain(int batch) =>
            run.Options(epochs: 1, batch, detector: detector, optimizer: new Sgd(0), rate: 1, warmUp: 0);
        var (partial, full) = (run.Fit(Plain(8)), run.Fit(Plain(5)));
        Assert.AreEqual(full.History[0].Loss, partial.History[0].Loss, 1e-5f);
        Assert.AreEqual(full.History[0].Terms["box"], partial.History[0].Terms["box"], 1e-5f);
        var (start, a, b) = (SmallRun.Weights(detector), SmallRun.Weights(partial.Detector),
            SmallRun.Weights(full.Detector));
        Assert.IsGreaterThan(1e-2f, start.Zip(b, (x, y) => Math.Abs(x - y)).Max(), "the gradient");
        for (var i = 0; i < a.Length; i++)
            Assert.AreEqual(b[i] - start[i], a[i] - start[i], 2e-5f * (1 + Math.Abs(b[i])), $"gradient {i}");
    }

    [TestMethod]
    public void Frozen_weights_stay_bit_for_bit()
    {
        using var run = new SmallRun();
        var tuned = run.Fit(run.Options(frozen: ["conv*", "bn?.weight"])).Detector.Model.Initializers;
        foreach (var (name, before) in SmallRun.Detector.Model.Initializers.Where(pair => pair.Value.DataType == 1))
        {
            var frozen = name.StartsWith("conv") || name is "bn1.weight" or "bn2.weight" || name.Contains("running");
            Assert.AreEqual(frozen, before.ToTensor().Data.SequenceEqual(tuned[name].ToTensor().Data), name);
        }
    }

    [TestMethod]
    public void Unreadable_images_are_skipped_and_listed()
    {
        using var run = new SmallRun(train: 8, val: 2);
        var images = run.Train.Images;
        File.WriteAllText(images[3].Path, "this is no picture");
        var bytes = File.ReadAllBytes(images[5].Path);
        File.WriteAllBytes(images[5].Path, bytes[..(bytes.Length / 2)]);
        File.WriteAllText(run.Val.Images[1].Path, "nor is this");
        var steps = 0;
        var result = run.Fit(run.Options(batch: 2, validate: true, progress: new SmallRun.Told(p => steps = p.Step)));
        Assert.HasCount(3, result.SkippedImages);
        StringAssert.Contains(result.SkippedImages[0], images[3].FileName);
        StringAssert.Contains(result.SkippedImages[1], images[5].FileName);
        StringAssert.Contains(result.SkippedImages[2], run.Val.Images[1].FileName);
        Assert.AreEqual(2 * 3, steps, "three batches of two an epoch");
    }

    [TestMethod]
    public void Only_unreadable_images_are_an_error()
    {
        using var run = new SmallRun(train: 2, val: 0);
        foreach (var image in run.Train.Images)
            File.WriteAllText(image.Path, "");
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => run.Fit(run.Options()));
        StringAssert.Contains(error.Message, "No image can be trained on");
        StringAssert.Contains(error.Message, run.Train.Images[0].FileName);
    }

    // A crowd on half of the picture takes its anchors out of the loss; a crowd must not be learnt either.
    [TestMethod]
    public void Crowds_are_neither_learnt_nor_background()
    {
        using var run = new SmallRun(train: 4, val: 0);
        DetectionDataset Changed(Func<LabeledImage, LabeledBox[]> boxes) =>
            SmallRun.With(run.Train, run.Train.Images.Select(image => image with { Boxes = boxes(image) }));
        var half = new LabeledBox(new Box(0, 0, 48, 20), 0, 960, Crowd: true);
        var options = run.Options(epochs: 1, batch: 4, optimizer: new Sgd(0), sampler: new SmallRun.InOrder());
        var plain = run.Fit(options, Changed(image => [image.Boxes[0]])).History[0];
        var crowd = run.Fit(options, Changed(image => [image.Boxes[0], half])).History[0];
        var learnt = run.Fit(options, Changed(image => [image.Boxes[0], half with { Crowd = false }])).History[0];
        Assert.AreEqual(plain.Terms["box"], crowd.Terms["box"], 1e-5f);
        Assert.IsLessThan(plain.Terms["classification"], crowd.Terms["classification"]);
        Assert.AreNotEqual(plain.Terms["box"], learnt.Terms["box"], 1e-3f);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Images_without_boxes_and_of_other_sizes_are_trained_on(bool background)
    {
        using var run = new SmallRun(train: 6, val: 0);
        var other = ShapesGenerator.Write(run.Folder("other"),
            new() { Width = 80, Height = 120, Train = 3, Val = 0, Test = 0, Seed = 9 });
        var larger = CocoDataset.Load(other.Train, other.Images).Images
            .Select(image => image with { Id = image.Id + 100 });
        var mixed = SmallRun.With(run.Train,
            run.Train.Images.Select((image, i) => i % 2 == 0 ? image with { Boxes = [] } : image).Concat(larger));
        var detector = background ? SmallRun.SoftmaxDetector : SmallRun.Detector;
        var result = run.Fit(run.Options(epochs: 6, batch: 2, detector: detector, rate: 2e-3f), mixed);
        Assert.IsTrue(result.History.All(epoch => float.IsFinite(epoch.Loss)));
        Assert.IsLessThan(result.History[0].Loss, result.History[^1].Loss);
        Assert.IsEmpty(result.SkippedImages);
    }
}
