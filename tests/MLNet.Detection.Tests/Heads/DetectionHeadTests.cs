using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Detectors;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Heads;

/// <summary>What must hold for every kind of head, on small exports.</summary>
[TestClass]
public sealed class DetectionHeadTests
{
    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void Remove() => _folder.Dispose();

    // One step of plain gradient descent at rate r moves each weight by -r times its gradient.
    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void First_step_equals_torch(object row)
    {
        const float Rate = 100;
        var detector = ((HeadCase)row).Load();
        var result = HeadExport.Train(detector, 1, Rate, new Sgd(0));
        foreach (var (name, expected) in ((HeadCase)row).Export.Terms)
            Assert.AreEqual(expected, result.History[0].Terms[name], 2e-5 * (1 + expected), name);
        var gradients = ((HeadCase)row).Export.Gradients;
        foreach (var name in TrainableWeights.Of(detector.Model, detector.RawValues))
        {
            var (before, after) = (Values(detector, name), Values(result.Detector, name));
            var expected = gradients[name];
            double norm = Math.Sqrt(expected.Sum(g => (double)g * g)), difference = 0;
            for (var i = 0; i < expected.Length; i++)
                difference += Math.Pow((before[i] - after[i]) / Rate - expected[i], 2);
            Assert.IsLessThan(1e-3 * norm + 1e-7, Math.Sqrt(difference), name);
        }
    }

    // Places that a batch leaves empty weigh nothing: four pictures in a batch of six are a batch of four.
    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void A_partial_batch_is_a_smaller_batch(object row)
    {
        var detector = ((HeadCase)row).Load();
        var full = HeadExport.Train(detector, 1, 1, new Sgd(0));
        var partial = HeadExport.Train(detector, 1, 1, new Sgd(0), batch: 6);
        Assert.AreEqual(full.History[0].Loss, partial.History[0].Loss, 1e-5f * full.History[0].Loss);
        foreach (var name in TrainableWeights.Of(detector.Model, detector.RawValues))
        {
            var (start, a, b) = (Values(detector, name), Values(full.Detector, name), Values(partial.Detector, name));
            for (var i = 0; i < a.Length; i++)
                Assert.AreEqual(a[i] - start[i], b[i] - start[i], 1e-4f * (1 + Math.Abs(a[i])), $"{name}[{i}]");
        }
    }

    // Two steps an epoch; stopped within the first epoch, and between the two.
    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void A_resumed_run_equals_an_uninterrupted_one(object row)
    {
        var detector = ((HeadCase)row).Load();
        var whole = Run(detector, "whole", stopAfter: null);
        Assert.IsTrue(whole.History.All(epoch => epoch.Validation is not null));
        for (var step = 1; step <= 2; step++)
        {
            var folder = $"part{step}";
            Assert.ThrowsExactly<OperationCanceledException>(() => Run(detector, folder, stopAfter: step));
            var resumed = Run(detector, folder, null, _folder.File(folder, "checkpoint.safetensors"));
            foreach (var name in TrainableWeights.Of(detector.Model, detector.RawValues))
                CollectionAssert.AreEqual(Values(whole.Detector, name), Values(resumed.Detector, name), name);
            CollectionAssert.AreEqual(((HeadCase)row).Export.Terms.Keys.Order().ToArray(),
                TrainingLog.Read(_folder.File(folder, "log.csv")).Terms.Order().ToArray());
            Assert.HasCount(4, TrainingLog.Read(_folder.File(folder, "log.csv")).Steps);
        }
    }

    private FineTuneResult Run(DetectorModel detector, string folder, int? stopAfter, string? resume = null)
    {
        using var cancel = new CancellationTokenSource();
        var view = new DetectionDataView(HeadExport.Pictures);
        return new FineTuneTrainer(new MLContext(seed: 1), new()
        {
            Detector = detector, Epochs = 2, BatchSize = 2, ValidationSet = view, WorkspacePath = _folder.File(folder),
            ResumeFrom = resume, Cancellation = cancel.Token,
            Progress = new Training.SmallRun.Told(now =>
            {
                if (now.Step == stopAfter && now.Finished is null)
                    cancel.Cancel();
            }),
        }).Train(view);
    }

    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void Overfits_the_pictures(object row)
    {
        var result = HeadExport.Train(((HeadCase)row).Load(), ((HeadCase)row).StepsToOverfit, 0.01f);
        Assert.IsLessThan(0.5f * result.History[0].Loss, result.History[^1].Loss);
        Assert.IsGreaterThan(0.5, MeanAveragePrecision(result.Detector));
    }

    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void Comes_back_from_its_one_file(object row)
    {
        var detector = ((HeadCase)row).Load();
        detector.Save(_folder.File("saved.onnx"));
        var back = DetectorModel.Load(_folder.File("saved.onnx"));
        Assert.AreEqual(detector.Head.Kind, back.Head.Kind);
        CollectionAssert.AreEqual(detector.RawValues.ToArray(), back.RawValues.ToArray());
        CollectionAssert.AreEqual(detector.Anchors.ToArray(), back.Anchors.ToArray());
        using var before = new Detector(detector with { Decoder = Eager(detector) }, 2);
        using var after = new Detector(back with { Decoder = Eager(back) }, 2);
        foreach (var (a, b) in before.Detect(HeadExport.Decoded()).Zip(after.Detect(HeadExport.Decoded())))
        {
            Assert.IsNotEmpty(a);
            CollectionAssert.AreEqual(a, b);
        }
    }

    // The imported file computes what the export computed, output by output.
    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void Without_a_step_the_file_gives_what_it_gave(object row)
    {
        var (original, detector) = (OnnxModel.Load(((HeadCase)row).Export.Path),
            ((HeadCase)row).Load());
        detector.Save(_folder.File("untouched.onnx"));
        var saved = OnnxModel.Load(_folder.File("untouched.onnx"));
        var random = new Random(3);
        var feeds = new Dictionary<string, Tensor>
        {
            ["images"] = Tensor.Of<float>(new(1, 3, 64, 64),
                [.. Enumerable.Range(0, 3 * 64 * 64).Select(_ => random.NextSingle() * 2 - 1)]),
        };
        CollectionAssert.AreEqual(original.OutputNames.ToArray(), saved.OutputNames.ToArray());
        var (expected, found) = (Subgraph.Run(original, feeds, original.OutputNames),
            Subgraph.Run(saved, feeds, saved.OutputNames));
        foreach (var (name, value) in expected)
            CollectionAssert.AreEqual(value.Data.ToArray(), found[name].Data.ToArray(), name);
    }

    // Other classes: the whole file still runs, tail included, and learns them.
    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void Takes_another_number_of_classes(object row)
    {
        using var shapes = new Training.SmallRun(train: 4, val: 0);
        var import = ((HeadCase)row).Import with { Classes = Training.SmallRun.Classes };
        var result = HeadExport.Train(import.Load(((HeadCase)row).Export.Path), 25, 5e-3f, pictures: shapes.Train);
        Assert.IsLessThan(result.History[0].Loss, result.History[^1].Loss);
        result.Detector.Save(_folder.File("four.onnx"));
        var saved = OnnxModel.Load(_folder.File("four.onnx"));
        var pixels = Tensor.Of<float>(new(1, 3, 64, 64), new float[3 * 64 * 64]);
        Assert.HasCount(saved.OutputNames.Count, Subgraph.Run(saved, new Dictionary<string, Tensor>
        {
            ["images"] = pixels,
        }, saved.OutputNames).ToArray());
    }

    private static float[] Values(DetectorModel detector, string name) =>
        detector.Model.Initializers[name].ToTensor().Values<float>().ToArray();

    private static MLNet.Detection.Scoring.DetectionDecoder Eager(DetectorModel detector) =>
        detector.Decoder with { ScoreThreshold = 1e-4f };

    private static double MeanAveragePrecision(DetectorModel model)
    {
        using var detector = new Detector(model, 4);
        var (truths, found) = (new List<GroundTruth>(), new List<DetectionResult>());
        foreach (var (i, (image, objects)) in HeadExport.Pictures.Images.Zip(detector.Detect(HeadExport.Decoded()))
            .Index())
        {
            truths.AddRange(image.Boxes.Select(box => new GroundTruth(i, box.Category, BoxXywh.FromBox(box.Box))));
            found.AddRange(objects.Select(o => new DetectionResult(i, o.Class, BoxXywh.FromBox(o.Box), o.Score)));
        }
        return new CocoEvaluation().Evaluate(truths, found, [0, 1, 2]).MAP50;
    }
}
