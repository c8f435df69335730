using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.ML;
using MLNet.Detection.Anchors;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;

namespace MLNet.Detection.Tests.Training;

/// <summary>The first step of UltraFace on BCCD against PyTorch (reference group 15): JPEG files to loss and
/// gradients.</summary>
[TestClass]
public sealed class BccdTests
{
    private static readonly JsonNode Reference = JsonNode.Parse(
        File.ReadAllText(References.PathOf("15_bccd", "first_step.json")))!;

    [TestMethod]
    public void The_first_step_follows_PyTorch()
    {
        var plan = new NumpyArchive(Shared.File("reference/15_bccd/plan_seed0.npz"));
        var data = FirstBatch(plan);
        CollectionAssert.AreEqual(Reference["file_names"]!.AsArray().Select(name => (string)name!).ToArray(),
            data.Images.Select(image => image.FileName).ToArray());
        var detector = Detector([.. data.Categories.Select(category => category.Name)]);
        // Plain SGD with a learning rate of 1: old minus new weights are the gradient.
        var result = new FineTuneTrainer(new MLContext(), new()
        {
            Detector = detector, Epochs = 1, BatchSize = 8, WarmUpEpochs = 0, LearningRate = 1, Optimizer = new Sgd(0),
            Sampler = new Flips([.. plan.Values<bool>("flip").Take(8)]),
        }).Train(new DetectionDataView(data));

        var epoch = result.History.Single();
        Assert.AreEqual(8.3197653, epoch.Loss, 1e-4 * 8.3197653);
        Assert.AreEqual((double)Reference["loss_float64"]!["classification"]!, epoch.Terms["classification"],
            1e-4 * 5.6176109);
        Assert.AreEqual((double)Reference["loss_float64"]!["box"]!, epoch.Terms["box"], 1e-4 * 2.7021544);
        Assert.IsEmpty(result.SkippedImages);
        Compare(detector.Model, result.Detector.Model);
    }

    [TestMethod]
    public void The_first_epochs_follow_PyTorch()
    {
        var plan = new NumpyArchive(Shared.File("reference/15_bccd/plan_seed0.npz"));
        var data = Load();
        var (losses, cancel) = (new List<float>(), new CancellationTokenSource());
        var trainer = new FineTuneTrainer(new MLContext(), new()
        {
            Detector = Detector([.. data.Categories.Select(category => category.Name)]), Epochs = 20, BatchSize = 8,
            Optimizer = new AdamW { WeightDecay = 1e-4f }, Sampler = new Plan(plan), Cancellation = cancel.Token,
            MetricsCallback = epoch =>
            {
                losses.Add(epoch.Loss);
                if (losses.Count == 2)
                    cancel.Cancel();
            },
        });
        Assert.ThrowsExactly<OperationCanceledException>(() => trainer.Train(new DetectionDataView(data)));
        // PyTorch's means of these epochs; equal weights changed by 1e-7 of themselves move them by 0.003.
        Assert.AreEqual(6.7785, losses[0], 0.02 * 6.7785);
        Assert.AreEqual(4.5888, losses[1], 0.02 * 4.5888);
    }

    // PyTorch's own float32 gradients deviate from float64 by up to 3.3e-4 of their norm.
    private static void Compare(OnnxModel before, OnnxModel after)
    {
        var (old, now) = (before.Initializers, after.Initializers);
        foreach (var expected in Reference["gradients"]!.AsArray())
        {
            var (name, norm) = ((string)expected!["name"]!, (double)expected["l2"]!);
            var gradient = old[name].ToTensor().Values<float>().ToArray()
                .Zip(now[name].ToTensor().Values<float>().ToArray(), (a, b) => (double)a - b).ToArray();
            Assert.AreEqual(norm, Math.Sqrt(gradient.Sum(g => g * g)), 1e-3 * norm + 1e-6, name);
            Assert.AreEqual((double)expected["sum"]!, gradient.Sum(), 1e-3 * norm * Math.Sqrt(gradient.Length) + 1e-6,
                $"sum of {name}");
        }
        var trained = Reference["gradients"]!.AsArray().Select(g => (string)g!["name"]!).ToHashSet();
        Assert.HasCount(139, trained);
        foreach (var name in old.Keys.Where(name => !trained.Contains(name)))
            CollectionAssert.AreEqual(old[name].ToTensor().Data, now[name].ToTensor().Data, name);
    }

    private static DetectionDataset FirstBatch(NumpyArchive plan)
    {
        var all = Load();
        Assert.HasCount((int)plan.Shape("order")[1], all.Images);
        return new(all.Source, all.Categories,
            plan.Values<long>("order").Take(8).Select(index => all.Images[(int)index]));
    }

    private static DetectionDataset Load() => CocoDataset.Load(
        Shared.File("datasets/bccd/annotations/instances_train.json"), Shared.File("datasets/bccd/BCCD/JPEGImages"));

    private static DetectorModel Detector(string[] classes)
    {
        var detector = new DetectorImport
        {
            ClassOutput = "scores", BoxOutput = "boxes", Classes = classes,
            Anchors = UltraFaceAnchors.Default.Generate(320, 240),
        }.Load(Shared.File("models/ultraface/version-RFB-320_without_postprocessing.onnx"));
        var (weights, stored) = (new NumpyArchive(Shared.File("reference/15_bccd/init_seed0.npz")),
            detector.Model.Initializers);
        foreach (var name in weights.Names.Where(name => weights.Type(name) == "<f4"))
        {
            CollectionAssert.AreEqual(weights.Shape(name), stored[name].Dims.ToArray(), name);
            stored[name].FloatData.Clear();
            stored[name].RawData = ByteString.CopyFrom(weights.Bytes(name));
        }
        return detector;
    }

    private sealed record Flips(bool[] Flip) : Sampler
    {
        public override IReadOnlyList<SampleChoice> Epoch(int epoch, int count) =>
            [.. Flip.Select((flip, i) => new SampleChoice(i, flip))];
    }

    // The reference's order of images; flips belong to places of the order.
    private sealed record Plan(NumpyArchive Archive) : Sampler
    {
        public override IReadOnlyList<SampleChoice> Epoch(int epoch, int count) =>
            [.. Archive.Values<long>("order").Zip(Archive.Values<bool>("flip"), (index, flip) =>
                new SampleChoice((int)index, flip)).Skip(epoch * count).Take(count)];
    }
}
