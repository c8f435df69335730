using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Tests.Detectors;
using MLNet.Detection.Tests.Heads;
using MLNet.Detection.Training;
using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;
using OnnxGraphs.Surgery;
using OnnxGraphs.Training;
using MLContext = Microsoft.ML.MLContext;

namespace MLNet.Detection.Tests.Training;

/// <summary>Runs in float16 on the processor, which computes it by way of float32.</summary>
[TestClass]
public sealed class MixedPrecisionRunTests
{
    // One step of plain gradient descent at rate r moves each weight by -r times its gradient.
    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void Gradients_of_each_head_follow_torch(object row)
    {
        const float Rate = 100;
        var detector = ((HeadCase)row).Load();
        var result = new FineTuneTrainer(new MLContext(seed: 1), new()
        {
            Detector = detector, Epochs = 1, BatchSize = 4, LearningRate = Rate, WarmUpEpochs = 0, Optimizer = new Sgd(0),
            Sampler = new SmallRun.InOrder(), Precision = StepPrecision.Float16,
            Backend = new ScaledBackend(new(Initial: 256)),
        }).Train(new DetectionDataView(HeadExport.Pictures));
        Assert.AreEqual(new LossScaleState(256, 1, 0), result.History[0].LossScale);
        foreach (var (name, expected) in ((HeadCase)row).Export.Terms)
            Assert.AreEqual(expected, result.History[0].Terms[name], 5e-3 * (1 + expected), name);
        double product = 0, a = 0, b = 0;
        foreach (var name in TrainableWeights.Of(detector.Model, detector.RawValues))
            foreach (var (old, now, g) in Values(detector, name).Zip(Values(result.Detector, name),
                ((HeadCase)row).Export.Gradients[name]))
            {
                var found = ((double)old - now) / Rate;
                (product, a, b) = (product + found * g, a + found * found, b + (double)g * g);
            }
        Assert.IsLessThan(1e-3, 1 - product / Math.Sqrt(a * b), "1 - cosine");
        Assert.AreEqual(1, Math.Sqrt(a / b), 1e-2, "ratio of norms");
    }

    [TestMethod]
    public void A_run_learns_what_it_learns_in_float32()
    {
        using var run = new SmallRun();
        var (wide, narrow) = (Run(StepPrecision.Float32), Run(StepPrecision.Float16));
        Assert.IsNull(wide.History[^1].LossScale);
        Assert.IsNotNull(narrow.History[^1].LossScale);
        Assert.AreEqual(wide.History[^1].Loss, narrow.History[^1].Loss, 0.05f * wide.History[^1].Loss);
        // The model keeps its types.
        CollectionAssert.AreEqual(Types(wide.Detector), Types(narrow.Detector));

        FineTuneResult Run(StepPrecision precision) =>
            run.Fit(
            run.Options(epochs: 8, precision: precision, backend: new ScaledBackend(new(1024))));
    }

    [TestMethod]
    public void A_resumed_run_equals_an_uninterrupted_one()
    {
        using var run = new SmallRun();
        var scaling = new LossScaling(Initial: MathF.Pow(2, 30), GrowthInterval: 3);
        var whole = run.Fit(Options(workspace: "whole"));
        using var cancel = new CancellationTokenSource();
        var stop = new SmallRun.Told(now =>
        {
            if (now.Step == 4 && now.Finished is null)
                cancel.Cancel();
        });
        Assert.ThrowsExactly<OperationCanceledException>(
            () => run.Fit(Options("part", progress: stop, cancel: cancel.Token)));
        var resumed = run.Fit(Options("part", "part/checkpoint.safetensors"));
        CollectionAssert.AreEqual(SmallRun.Weights(whole.Detector), SmallRun.Weights(resumed.Detector));
        Assert.AreEqual(whole.History[^1].LossScale, resumed.History[^1].LossScale);
        Assert.IsGreaterThan(0, resumed.History[^1].LossScale!.Skipped);
        var error = Assert.ThrowsExactly<ModelException>(() => run.Fit(
            run.Options(epochs: 3, workspace: "other", resume: "part/checkpoint.safetensors")));
        StringAssert.Contains(error.Message, "written with precision = Float16, this run has Float32");

        FineTuneTrainer.Options Options(string workspace, string? resume = null, SmallRun.Told? progress = null,
            CancellationToken cancel = default) => run.Options(epochs: 3, workspace: workspace, resume: resume,
                progress: progress, cancel: cancel, precision: StepPrecision.Float16,
                backend: new ScaledBackend(scaling));
    }

    [TestMethod]
    public void A_gradient_that_overflows_at_the_smallest_scale_ends_the_run()
    {
        using var run = new SmallRun();
        var error = Assert.ThrowsExactly<TrainingDivergedException>(() => run.Fit(run.Options(
            precision: StepPrecision.Float16, backend: new ScaledBackend(new(Initial: 1e32f, Floor: 1e32f)))));
        StringAssert.Contains(error.Message, "The gradient overflows even with the smallest loss scale, 1E+32,");
    }

    [TestMethod]
    public void BFloat16_is_refused_where_nothing_computes_it()
    {
        using var run = new SmallRun(train: 1, val: 0);
        var error = Assert.ThrowsExactly<InvalidOperationException>(
            () => run.Fit(run.Options(precision: StepPrecision.BFloat16)));
        StringAssert.Contains(error.Message, "Precision BFloat16 needs a device cuda:N, the device is cpu");
        var artifacts = Assert.ThrowsExactly<ArgumentException>(() => new FineTuneTrainer(new MLContext(),
            run.Options(precision: StepPrecision.Float16)).WriteArtifacts(run.Folder("artifacts")));
        StringAssert.Contains(artifacts.Message, "TrainingGraphOptions.Precision is Float16");
    }

    private static float[] Values(DetectorModel detector, string name) =>
        detector.Model.Initializers[name].ToTensor().Values<float>().ToArray();

    private static int[] Types(DetectorModel detector) =>
        [.. detector.Model.Proto.Graph.Initializer.Select(tensor => tensor.DataType)];

    /// <summary>The usual backend with another scale of the loss.</summary>
    private sealed record ScaledBackend(LossScaling Scaling) : ITrainingBackend
    {
        public ITrainingRun Start(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, Optimizer optimizer,
            TrainingGraphOptions options, Device device) =>
            new StepBackend().Start(model, heads, loss, optimizer, options with { LossScaling = Scaling }, device);
    }
}
