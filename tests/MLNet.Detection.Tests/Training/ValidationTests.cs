using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Estimators;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>Metrics on a validation set, the best epoch, and an early end.</summary>
[TestClass]
public sealed class ValidationTests
{
    [TestMethod]
    public void Metrics_are_those_of_the_returned_detector()
    {
        using var run = new SmallRun();
        var crowd = run.Val.Images.Select((image, i) => i > 0 ? image
            : image with { Boxes = [.. image.Boxes.Select(box => box with { Crowd = true })] });
        var data = new DetectionDataView(SmallRun.With(run.Val, crowd));
        var result = run.Fit(new()
        {
            Detector = SmallRun.Detector, Epochs = 10, BatchSize = 4, ValidationSet = data, LearningRate = 0.02f,
            Seed = 1,
        });
        var ml = new MLContext(seed: 1);
        using var scorer = new DetectorTransformer(result.Detector, new() { BatchSize = 4 });
        var expected = ml.Detection().Evaluate(scorer.Transform(data));
        Assert.IsGreaterThan(0, expected.AR100);
        CollectionAssert.AreEqual(Twelve(expected), Twelve(result.History[^1].Validation!));
    }

    // The same files with their classes listed in another order, and one more that the detector does not have.
    [TestMethod]
    public void Classes_are_found_by_name()
    {
        using var run = new SmallRun();
        DetectionDataset Turned(DetectionDataset data, params Category[] more) => new(data.Source,
            [.. data.Categories.Reverse(), .. more], data.Images.Select(image => image with
            {
                Boxes = [.. image.Boxes.Select(box => box with { Category = data.Categories.Length - 1 - box.Category })],
            }));
        FineTuneResult Fit(DetectionDataset train, DetectionDataset val) => run.Fit(new()
        {
            Detector = SmallRun.Detector, Epochs = 2, BatchSize = 4, LearningRate = 0.02f, Seed = 1,
            ValidationSet = new DetectionDataView(val),
        }, train);
        var (plain, turned) = (Fit(run.Train, run.Val), Fit(Turned(run.Train), Turned(run.Val, new Category(99, "star"))));
        CollectionAssert.AreEqual(SmallRun.Weights(plain.Detector), SmallRun.Weights(turned.Detector));
        CollectionAssert.AreEqual(Twelve(plain.History[^1].Validation!), Twelve(turned.History[^1].Validation!));
    }

    [TestMethod]
    public void The_best_epoch_is_returned()
    {
        using var run = new SmallRun();
        var weights = new List<float[]>();
        var best = run.Fit(run.Options(epochs: 6, validate: true, keepBest: true, rate: 0.05f));
        var at = best.History.Select(epoch => epoch.Validation!.MAP50_95).ToList();
        var data = new DetectionDataView(run.Val);
        using var scorer = new DetectorTransformer(best.Detector, new() { BatchSize = 5 });
        Assert.AreEqual(at.Max(), new MLContext().Detection().Evaluate(scorer.Transform(data)).MAP50_95);
        // Without it the last epoch's weights come back.
        var last = run.Fit(run.Options(epochs: 6, validate: true, rate: 0.05f));
        CollectionAssert.AreEqual(at, last.History.Select(epoch => epoch.Validation!.MAP50_95).ToList());
        if (at.IndexOf(at.Max()) < 5)
            CollectionAssert.AreNotEqual(SmallRun.Weights(last.Detector), SmallRun.Weights(best.Detector));
        else
            CollectionAssert.AreEqual(SmallRun.Weights(last.Detector), SmallRun.Weights(best.Detector));
    }

    // A learning rate near zero changes no metric: the first epoch stays the best.
    [TestMethod]
    public void The_run_ends_after_epochs_without_improvement()
    {
        using var run = new SmallRun();
        var result = run.Fit(run.Options(epochs: 9, validate: true, patience: 2, rate: 1e-20f));
        Assert.HasCount(3, result.History);
    }

    private static double[] Twelve(CocoMetrics m) =>
        [m.MAP50_95, m.MAP50, m.MAP75, m.MAPSmall, m.MAPMedium, m.MAPLarge, m.AR1, m.AR10, m.AR100, m.ARSmall,
            m.ARMedium, m.ARLarge];
}
