using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Estimators;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Surgery;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>Runs of a second: generated pictures, the detector of reference group 13 with a head for their four
/// classes.</summary>
internal sealed class SmallRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallRun(int train = 12, int val = 6)
    {
        Files = ShapesGenerator.Write(_folder.File("data"),
            new() { Width = 48, Height = 40, Train = train, Val = val, Test = 0, MaxShapes = 3 });
        Train = Load(Files.Train);
        Val = Load(Files.Val);
    }

    public ShapesFolder Files { get; }

    public DetectionDataset Train { get; }

    public DetectionDataset Val { get; }

    public static IReadOnlyList<string> Classes { get; } =
        [.. ShapesGenerator.Categories.Select(category => category.Name)];

    public static DetectorModel Detector { get; } = Import(false);

    public static DetectorModel SoftmaxDetector { get; } = Import(true);

    public DetectionDataset Load(string json) => CocoDataset.Load(json, Files.Images);

    public string Folder(string name) => _folder.File(name);

    public static DetectionDataset With(DetectionDataset data, IEnumerable<LabeledImage> images) =>
        new(data.Source, data.Categories, images);

    public FineTuneTrainer.Options Options(
        int epochs = 2, int batch = 5, string? workspace = null, string? resume = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default, float rate = 5e-3f,
        int seed = 3, DetectorModel? detector = null, Optimizer? optimizer = null, Sampler? sampler = null,
        bool validate = false, bool keepBest = false, int? patience = null, IReadOnlyList<string>? frozen = null,
        float warmUp = 1, Action<EpochSummary>? callback = null, WeightAverage? average = null,
        StepPrecision precision = default, ITrainingBackend? backend = null) => new()
        {
            Detector = detector ?? Detector, Epochs = epochs, BatchSize = batch, LearningRate = rate, Seed = seed,
            WorkspacePath = workspace is null ? null : Folder(workspace),
            ResumeFrom = resume is null ? null : Folder(resume),
            Optimizer = optimizer ?? new AdamW { WeightDecay = 1e-4f }, Sampler = sampler, Frozen = frozen ?? [],
            ValidationSet = validate ? new DetectionDataView(Val) : null, KeepBest = keepBest,
            EarlyStoppingPatience = patience, WarmUpEpochs = warmUp,
            Average = average, Precision = precision, Backend = backend ?? new StepBackend(), Progress = progress, Cancellation = cancel, MetricsCallback = callback,
        };

    public FineTuneResult Fit(FineTuneTrainer.Options options, DetectionDataset? data = null) =>
        new FineTuneTrainer(new MLContext(seed: 1), options).Train(new DetectionDataView(data ?? Train));

    /// <summary>All weights that training may change, in the order of their first use.</summary>
    public static float[] Weights(DetectorModel detector)
    {
        var stored = detector.Model.Initializers;
        return [.. TrainableWeights.Of(detector.Model, [detector.ClassValue, detector.BoxValue])
            .SelectMany(name => stored[name].ToTensor().Values<float>().ToArray())];
    }

    public void Dispose() => _folder.Dispose();

    private static DetectorModel Import(bool background) => new DetectorImport
    {
        ClassOutput = "cls_logits", BoxOutput = "bbox_regression", Classes = Classes, HasBackground = background,
        Anchors = TinyDetector.Anchors, Normalization = new Normalization(128f, 64f), Seed = 5,
    }.Load(References.PathOf("13_training", "tiny_retinanet.onnx"));

    /// <summary>Calls back on the thread of the run, unlike <see cref="Progress{T}"/>.</summary>
    public sealed class Told(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }

    /// <summary>Images in their order, none mirrored.</summary>
    public sealed record InOrder : Sampler
    {
        public override IReadOnlyList<SampleChoice> Epoch(int epoch, int count) =>
            [.. Enumerable.Range(0, count).Select(i => new SampleChoice(i, false))];
    }
}
