using Microsoft.ML;
using MLNet.Detection.Training;
using OnnxGraphs.Artifacts;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Training;

[TestClass]
public sealed class BackendTests
{
    [TestMethod]
    public void Another_backend_takes_the_steps()
    {
        using var run = new SmallRun();
        var (backend, usual) = (new Counting(), run.Options());
        var result = run.Fit(new()
        {
            Detector = usual.Detector, Epochs = usual.Epochs, BatchSize = usual.BatchSize, Seed = usual.Seed,
            LearningRate = usual.LearningRate, Optimizer = usual.Optimizer, Backend = backend,
        });
        Assert.AreEqual(6, backend.Started!.Steps);
        CollectionAssert.AreEqual(SmallRun.Weights(run.Fit(usual).Detector), SmallRun.Weights(result.Detector));
    }

    [TestMethod]
    public void Says_what_the_official_backend_needs()
    {
        if (OrtTraining.WhyNot() is null)
            Assert.Inconclusive("The native library here was built with training.");
        using var run = new SmallRun();
        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => run.Fit(new() { Detector = SmallRun.Detector, Backend = new OrtTrainingBackend() }));
        StringAssert.Contains(error.Message, "Microsoft.ML.OnnxRuntime.Training");
    }

    [TestMethod]
    public void Writes_artifacts_and_takes_their_weights_back()
    {
        using var run = new SmallRun();
        var artifacts = new FineTuneTrainer(new MLContext(seed: 1), run.Options(batch: 2, frozen: ["*.bias"]))
            .WriteArtifacts(run.Folder("artifacts"));
        CollectionAssert.AreEqual(new[] { "images", "targets/classes", "targets/boxes" },
            artifacts.Data.Select(input => input.Name).Take(3).ToArray());
        Assert.AreEqual(2, artifacts.Data[0].Shape[0]);
        CollectionAssert.IsSubsetOf(new[] { "training/loss", "classification", "box" }, artifacts.Outputs.ToArray());
        Assert.IsFalse(artifacts.Layout.Entries.Any(entry => entry.Name.EndsWith(".bias", StringComparison.Ordinal)));
        var checkpoint = OrtCheckpoint.Load(artifacts.Checkpoint);
        var back = SmallRun.Detector with { Model = checkpoint.ApplyTo(SmallRun.Detector.Model) };
        CollectionAssert.AreEqual(SmallRun.Weights(SmallRun.Detector), SmallRun.Weights(back));
        CollectionAssert.AreEqual(SmallRun.Detector.Model.OutputNames.ToArray(), back.Model.OutputNames.ToArray());
    }

    private sealed class Counting : ITrainingBackend
    {
        public ITrainingRun? Started { get; private set; }

        public ITrainingRun Start(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, Optimizer optimizer,
            TrainingGraphOptions options, Device device) =>
            Started = new StepBackend().Start(model, heads, loss, optimizer, options, device);
    }
}
