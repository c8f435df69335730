using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Estimators;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>Runs that keep a moving average of their weights.</summary>
[TestClass]
public sealed class AveragedRunTests
{
    private static readonly WeightAverage Average = new(0.9, 4);

    [TestMethod]
    public void The_tuned_detector_holds_the_average_and_training_does_not_see_it()
    {
        using var run = new SmallRun(val: 0);
        var averaged = run.Fit(run.Options(average: Average, workspace: "averaged"));
        var plain = run.Fit(run.Options(workspace: "plain"));
        CollectionAssert.AreEqual(
            plain.History.Select(epoch => epoch.Loss).ToArray(), averaged.History.Select(epoch => epoch.Loss).ToArray());
        var state = Checkpoint.Load(run.Folder("averaged/checkpoint.safetensors"));
        var tuned = SmallRun.Weights(averaged.Detector);
        CollectionAssert.AreEqual(state.Vectors[TrainingGraph.Average], tuned);
        CollectionAssert.AreEqual(state.Vectors[TrainingGraph.Parameters], SmallRun.Weights(plain.Detector));
        CollectionAssert.AreNotEqual(SmallRun.Weights(plain.Detector), tuned);
    }

    [TestMethod]
    public void Validation_and_the_best_epoch_are_those_of_the_average()
    {
        using var run = new SmallRun();
        var result = run.Fit(run.Options(epochs: 8, validate: true, keepBest: true, rate: 0.05f, average: Average));
        var metrics = result.History.Select(epoch => epoch.Validation!.MAP50_95).ToList();
        using var scorer = new DetectorTransformer(result.Detector, new() { BatchSize = 5 });
        var own = new MLContext().Detection().Evaluate(scorer.Transform(new DetectionDataView(run.Val))).MAP50_95;
        Assert.AreEqual(metrics.Max(), own);
        var plain = run.Fit(run.Options(epochs: 8, validate: true, rate: 0.05f));
        CollectionAssert.AreNotEqual(plain.History.Select(epoch => epoch.Validation!.MAP50_95).ToList(), metrics);
    }

    [TestMethod]
    public void A_resumed_run_goes_on_with_its_average()
    {
        using var run = new SmallRun(val: 0);
        var whole = run.Fit(run.Options(epochs: 3, average: Average));
        using var source = new CancellationTokenSource();
        var stop = new SmallRun.Told(progress => (progress.Step == 4 ? source : null)?.Cancel());
        Assert.Throws<OperationCanceledException>(() => run.Fit(run.Options(
            epochs: 3, average: Average, workspace: "part", progress: stop, cancel: source.Token)));
        var resumed = run.Fit(
            run.Options(epochs: 3, average: Average, workspace: "part", resume: "part/checkpoint.safetensors"));
        CollectionAssert.AreEqual(SmallRun.Weights(whole.Detector), SmallRun.Weights(resumed.Detector));
    }

    [TestMethod]
    public void Another_average_is_refused_by_name()
    {
        using var run = new SmallRun(val: 0);
        run.Fit(run.Options(epochs: 1, average: Average, workspace: "with"));
        run.Fit(run.Options(epochs: 1, workspace: "without"));
        Refuses("with", null, "average = decay 0.9, ramp 4, this run has none");
        Refuses("with", new(0.9, 5), "average = decay 0.9, ramp 4, this run has decay 0.9, ramp 5");
        Refuses("without", Average, "average = none, this run has decay 0.9, ramp 4");

        void Refuses(string folder, WeightAverage? average, string message)
        {
            var options = run.Options(epochs: 1, average: average, resume: $"{folder}/checkpoint.safetensors");
            Assert.Contains(message, Assert.ThrowsExactly<ModelException>(() => run.Fit(options)).Message);
        }
    }
}
