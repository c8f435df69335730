using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Scoring;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Heads;

/// <summary>Two-stage detectors against torchvision's, on small exports.</summary>
[TestClass]
public sealed class TwoStageHeadTests
{
    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void Remove() => _folder.Dispose();

    // One step of plain gradient descent at rate r moves each weight by -r times its gradient.
    [TestMethod, DataRow("pyramid"), DataRow("one_map"), DataRow("scaled")]
    public void First_step_equals_torchvision(string file)
    {
        const float Rate = 100;
        var export = new TwoStageExport(file);
        var detector = export.LoadForEverything();
        var result = HeadExport.Train(detector, 1, Rate, new Sgd(0));
        foreach (var (name, expected) in export.History[0])
            Assert.AreEqual(expected, result.History[0].Terms[name], 2e-5 * (1 + expected), name);
        var gradients = export.Gradients;
        foreach (var name in TrainableWeights.Of(detector.Model, detector.RawValues))
        {
            var (before, after, expected) = (Values(detector, name), Values(result.Detector, name), gradients[name]);
            double norm = Math.Sqrt(expected.Sum(g => (double)g * g)), difference = 0;
            for (var i = 0; i < expected.Length; i++)
                difference += Math.Pow((before[i] - after[i]) / Rate - expected[i], 2);
            Assert.IsLessThan(1e-3 * norm + 1e-7, Math.Sqrt(difference), name);
        }
    }

    [TestMethod, DataRow("pyramid"), DataRow("one_map"), DataRow("scaled")]
    public void Five_steps_follow_torchvision(string file)
    {
        var export = new TwoStageExport(file);
        var result = HeadExport.Train(export.LoadForEverything(), export.History.Count, export.Rate, new Sgd(0));
        foreach (var (step, expected) in export.History.Index())
            foreach (var (name, term) in expected)
                Assert.AreEqual(term, result.History[step].Terms[name], 1e-4 * (1 + term), $"{name} of step {step}");
        foreach (var (name, expected) in export.After)
            foreach (var (i, value) in Values(result.Detector, name).Index())
                Assert.AreEqual(expected[i], value, 1e-5f * (1 + Math.Abs(expected[i])), $"{name}[{i}]");
    }

    [TestMethod]
    public void The_parts_of_the_file_are_found()
    {
        var detector = new TwoStageExport("pyramid").Load();
        var head = (TwoStageHead)detector.Head;
        CollectionAssert.AreEqual(new[] { 192, 48, 12 }, head.Places.ToArray());
        Assert.HasCount(252, detector.Anchors);
        CollectionAssert.AreEqual(new[] { 0f, 24f, 48f }, head.Levels.Select(level => MathF.Round(level.From, 3)).ToArray());
        Assert.AreEqual(new RegionProposals(2000, 2000), head.Proposals);
        Assert.AreEqual(new DetectionOutputs("boxes", "labels", "scores", 1), head.FileOutputs);
        Assert.AreEqual((1f, 1f, false, 4), (head.ScaleX, head.ScaleY, head.BackgroundLast, head.ClassColumns));
        Assert.AreEqual(MLNet.Detection.Boxes.BoxCoder.Ssd, detector.Decoder.Coder);
        Assert.AreEqual(MLNet.Detection.Boxes.BoxCoder.RetinaNet, head.ProposalCoder);
    }

    // Its pictures are made smaller and framed in the file; background is last, without deltas; boxes have other
    // branches.
    [TestMethod, DataRow("scaled"), DataRow("background_last"), DataRow("masks"), DataRow("keypoints")]
    public void Files_of_other_forms_learn(string file)
    {
        var detector = Small(new TwoStageExport(file).Load());
        var result = HeadExport.Train(detector, 150, 0.01f);
        Assert.IsLessThan(0.6f * result.History[0].Loss, result.History[^1].Loss);
        result.Detector.Save(_folder.File("tuned.onnx"));
        var (old, tuned) = (OnnxModel.Load(new TwoStageExport(file).Path), OnnxModel.Load(_folder.File("tuned.onnx")));
        CollectionAssert.AreEqual(old.OutputNames.ToArray(), tuned.OutputNames.ToArray());
        using var scorer = new Detector(DetectorModel.Load(_folder.File("tuned.onnx")), 2);
        Assert.IsTrue(scorer.Detect(HeadExport.Decoded()).Any(found => found.Any(o => o.Score > 0.4f)));
        // What serves another branch alone stays.
        var trained = TrainableWeights.Of(detector.Model, detector.RawValues).ToHashSet();
        foreach (var (name, tensor) in old.Initializers.Where(stored => !trained.Contains(stored.Key)))
            if (tuned.Initializers.TryGetValue(name, out var after))
                CollectionAssert.AreEqual(tensor.ToTensor().Data, after.ToTensor().Data, name);
    }

    [TestMethod]
    public void Another_layout_is_read_by_what_it_does()
    {
        var detector = new TwoStageExport("background_last").Load();
        var head = (TwoStageHead)detector.Head;
        Assert.IsTrue(head.BackgroundLast);
        Assert.AreEqual(0, head.FileOutputs.FirstLabel);
        CollectionAssert.AreEqual(new[] { 192, 48 }, head.Places.ToArray());
        Assert.HasCount(2, head.Objectness);
        Assert.AreEqual(40f, head.Levels[1].From, 1e-3f);
    }

    [TestMethod]
    public void Places_that_a_batch_leaves_empty_weigh_nothing()
    {
        var detector = new TwoStageExport("pyramid").LoadForEverything();
        var full = HeadExport.Train(detector, 1, 1, new Sgd(0));
        var partial = HeadExport.Train(detector, 1, 1, new Sgd(0), batch: 6);
        Assert.AreEqual(full.History[0].Loss, partial.History[0].Loss, 1e-5f * full.History[0].Loss);
        foreach (var name in TrainableWeights.Of(detector.Model, detector.RawValues))
            foreach (var (a, b) in Values(full.Detector, name).Zip(Values(partial.Detector, name)))
                Assert.AreEqual(a, b, 1e-4f * (1 + Math.Abs(a)), name);
    }

    // What is drawn at random depends on seed, epoch and picture alone.
    [TestMethod]
    public void A_resumed_run_equals_an_uninterrupted_one()
    {
        var detector = Small(new TwoStageExport("pyramid").Load());
        var whole = Run(detector, "whole", null);
        Assert.ThrowsExactly<OperationCanceledException>(() => Run(detector, "part", 1));
        var resumed = Run(detector, "part", null, _folder.File("part", "checkpoint.safetensors"));
        foreach (var name in TrainableWeights.Of(detector.Model, detector.RawValues))
            CollectionAssert.AreEqual(Values(whole.Detector, name), Values(resumed.Detector, name), name);
    }

    [TestMethod, DataRow("pyramid"), DataRow("one_map")]
    public void Overfits_and_scores_as_its_saved_file_does(string file)
    {
        var result = HeadExport.Train(Small(new TwoStageExport(file).Load()), 150, 0.01f);
        Assert.IsLessThan(0.5f * result.History[0].Loss, result.History[^1].Loss);
        result.Detector.Save(_folder.File("tuned.onnx"));
        var (back, model) = (DetectorModel.Load(_folder.File("tuned.onnx")), OnnxModel.Load(_folder.File("tuned.onnx")));
        Assert.AreEqual(HeadKind.TwoStage, back.Head.Kind);
        var original = OnnxModel.Load(new TwoStageExport(file).Path);
        CollectionAssert.AreEqual(original.OutputNames.ToArray(), model.OutputNames.ToArray());
        CollectionAssert.AreEqual(original.Initializers.Keys.ToArray(), model.Initializers.Keys.ToArray());
        using var detector = new Detector(back, 4);
        var pictures = HeadExport.Decoded();
        var hits = 0;
        foreach (var (picture, found) in pictures.Zip(detector.Detect(pictures)))
        {
            var planes = Tensor.Of<float>(new(3, 64, 64),
                [.. Enumerable.Range(0, 3 * 64 * 64).Select(i => picture.Pixels[i % 4096 * 3 + i / 4096] / 255f)]);
            var run = Subgraph.Run(model, new Dictionary<string, Tensor> { ["image"] = planes }, model.OutputNames);
            var (boxes, labels) = (run["boxes"].Values<float>().ToArray(), run["labels"].ToInt64());
            Assert.HasCount(labels.Length, found);
            foreach (var (i, o) in found.Index())
            {
                Assert.AreEqual(labels[i] - 1, o.Class);
                Assert.AreEqual(run["scores"].Values<float>()[i], o.Score, 1e-4f);
                Assert.IsGreaterThan(0.99f, MLNet.Detection.Boxes.BoxOverlap.IntersectionOverUnion(
                    new(boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]), o.Box));
            }
            hits += found.Count(o => o.Score > 0.5f);
        }
        Assert.IsGreaterThan(3, hits);
    }

    [TestMethod, DataRow("pyramid"), DataRow("one_map")]
    public void Takes_another_number_of_classes(string file)
    {
        string[] classes = ["a", "b", "c", "d", "e"];
        var pictures = new DetectionDataset("five", [.. classes.Select((name, i) => new Category(i, name))],
            HeadExport.Pictures.Images);
        var detector = Small(new TwoStageExport(file).Load(classes));
        var result = HeadExport.Train(detector, 25, 5e-3f, pictures: pictures);
        Assert.IsLessThan(result.History[0].Loss, result.History[^1].Loss);
        result.Detector.Save(_folder.File("five.onnx"));
        var again = new DetectorImport { Classes = classes, ImageSize = (64, 64) }.Load(_folder.File("five.onnx"));
        Assert.AreEqual(6, ((TwoStageHead)again.Head).ClassColumns);
        Assert.AreEqual(((TwoStageHead)detector.Head).FileOutputs, ((TwoStageHead)again.Head).FileOutputs);
    }

    // Masks of each class are kept, so that there must be one for each.
    [TestMethod]
    public void Masks_allow_fewer_classes_alone()
    {
        var detector = new TwoStageExport("masks").Load(["a", "b"]);
        Assert.AreEqual(3, ((TwoStageHead)detector.Head).ClassColumns);
        var error = Assert.ThrowsExactly<ModelException>(() => new TwoStageExport("masks").Load(["a", "b", "c", "d", "e"]));
        StringAssert.Contains(error.Message, "'masks'");
        Assert.HasCount(5, new TwoStageExport("keypoints").Load(["a", "b", "c", "d", "e"]).Classes);
    }

    [TestMethod]
    public void Classes_of_known_names_keep_their_weights()
    {
        var export = new TwoStageExport("pyramid");
        var detector = (new DetectorImport
        {
            Classes = ["bar", "new", "box"], SourceClasses = HeadExport.Classes,
        }).Load(export.Path);
        var (old, now) = (Values(export.Load(), "roi_heads.box_predictor.bbox_pred.bias"),
            Values(detector, "roi_heads.box_predictor.bbox_pred.bias"));
        CollectionAssert.AreEqual(old[12..16], now[4..8]);
        CollectionAssert.AreEqual(old[4..8], now[12..16]);
        CollectionAssert.AreEqual(old[..4], now[..4]);
    }

    public static IEnumerable<object[]> Losses =>
    [
        [new TwoStageLoss { Classification = new SoftmaxFocalLoss() }],
        [new TwoStageLoss { Box = new L1Loss(), ProposalBox = new L1Loss() }],
        [new TwoStageLoss { Box = new IouLoss() }],
    ];

    [TestMethod, DynamicData(nameof(Losses))]
    public void Learns_by_other_losses(TwoStageLoss loss)
    {
        var detector = Small(new TwoStageExport("pyramid").Load());
        detector = detector with { Head = (TwoStageHead)detector.Head with { Loss = loss } };
        var result = HeadExport.Train(detector, 60, 0.01f);
        Assert.IsLessThan(0.7f * result.History[0].Loss, result.History[^1].Loss);
    }

    [TestMethod]
    public void Frozen_parts_stay()
    {
        var detector = Small(new TwoStageExport("pyramid").Load());
        var result = new FineTuneTrainer(new MLContext(1), new()
        {
            Detector = detector, Epochs = 1, BatchSize = 4, HeadsOnly = true,
        }).Train(new DetectionDataView(HeadExport.Pictures));
        foreach (var name in TrainableWeights.Of(detector.Model, detector.RawValues))
            Assert.AreEqual(name.StartsWith("backbone", StringComparison.Ordinal),
                Values(detector, name).SequenceEqual(Values(result.Detector, name)), name);
    }

    [TestMethod, DataRow("pyramid"), DataRow("one_map")]
    public void The_whole_file_finds_what_the_detector_finds(string file)
    {
        var detector = new TwoStageExport(file).Load();
        detector = detector with { Decoder = detector.Decoder with { ScoreThreshold = 0.3f } };
        detector.SaveEndToEnd(_folder.File("whole.onnx"));
        var model = OnnxModel.Load(_folder.File("whole.onnx"));
        using var scorer = new Detector(detector, 1);
        var total = 0;
        foreach (var picture in HeadExport.Decoded())
        {
            var run = Subgraph.Run(model, new Dictionary<string, Tensor>
            {
                ["pixels"] = Tensor.Of<byte>(new(64, 64, 3), picture.Pixels),
            }, model.OutputNames);
            var found = scorer.Detect([picture])[0];
            CollectionAssert.AreEqual(run["labels"].ToInt64(), found.Select(o => (long)o.Class).ToArray());
            foreach (var (i, o) in found.Index())
                Assert.AreEqual(run["scores"].Values<float>()[i], o.Score, 1e-4f);
            total += found.Length;
        }
        Assert.IsGreaterThan(0, total);
    }

    [TestMethod]
    public void A_model_file_of_ML_NET_finds_the_same()
    {
        var (ml, detector) = (new MLContext(1), new TwoStageExport("pyramid").Load());
        var view = new DetectionDataView(HeadExport.Pictures);
        using var transformer = new MLNet.Detection.Estimators.DetectorTransformer(detector);
        using (var stream = File.Create(_folder.File("model.zip")))
            ml.Model.Save(transformer, view.Schema, stream);
        var back = ml.Model.Load(_folder.File("model.zip"), out _);
        var (expected, found) = (Scores(transformer.Transform(view)), Scores(back.Transform(view)));
        Assert.IsNotEmpty(expected);
        CollectionAssert.AreEqual(expected, found);

        float[] Scores(IDataView scored) => [.. scored.GetColumn<float[]>("Score").SelectMany(scores => scores)];
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

    // Fewer regions than there are.
    private static DetectorModel Small(DetectorModel detector) =>
        detector with { Head = (TwoStageHead)detector.Head with { Regions = 64 } };

    private static float[] Values(DetectorModel detector, string name) =>
        detector.Model.Initializers[name].ToTensor().Values<float>().ToArray();
}
