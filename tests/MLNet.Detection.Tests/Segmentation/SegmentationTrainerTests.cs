using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;
using MLNet.Detection.Reports;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Segmentation;

[TestClass]
public class SegmentationTrainerTests
{
    private static readonly MLContext Ml = new(1);

    [TestMethod]
    public void LearnsGeneratedPictures()
    {
        using var shapes = new Shapes(train: 24);
        var result = Ml.Detection().FineTuneSegmenter(shapes.Options(epochs: 12) with { ValidationSet = shapes.Test, KeepBest = true })
            .Train(shapes.Train);
        var losses = result.History.Select(epoch => epoch.Loss).ToList();
        Assert.IsLessThan(0.6 * losses[0], losses[^1]);
        Assert.IsTrue(result.History.All(epoch => epoch.Metrics!.Shown[0].Name == "IoU" && epoch.Validation is null));
        var metrics = Ml.Detection().EvaluateMasks(new MLNet.Detection.Estimators.SegmenterTransformer(result.Segmenter)
            .Transform(shapes.Test));
        Assert.AreEqual(result.History.Max(epoch => epoch.Metrics!.Decisive), metrics.ForegroundIoU, 1e-9);
    }

    [TestMethod]
    public void AResumedRunEqualsAnUninterruptedOne()
    {
        using var shapes = new Shapes(train: 10);
        var options = shapes.Options(epochs: 2) with
        {
            Augmentations = [new VerticalFlip(), new RandomTurn(), new RandomScale(), new ElasticDeformation(), new ColorJitter()],
            Segmenter = shapes.Model with { Tiling = new() }, Border = new(), Balance = ClassBalance.Inverse,
        };
        var whole = Ml.Detection().FineTuneSegmenter(options).Train(shapes.Train);
        using var stop = new CancellationTokenSource();
        var folder = shapes.Folder("work");
        Assert.ThrowsExactly<OperationCanceledException>(() => Ml.Detection().FineTuneSegmenter(options with
        {
            WorkspacePath = folder, Cancellation = stop.Token, MetricsCallback = _ => stop.Cancel(),
        }).Train(shapes.Train));
        var rest = Ml.Detection().FineTuneSegmenter(options with
        {
            WorkspacePath = folder, ResumeFrom = Path.Combine(folder, "checkpoint.safetensors"), Workers = 0,
        }).Train(shapes.Train);
        foreach (var (name, weight) in whole.Segmenter.Model.Initializers)
            CollectionAssert.AreEqual(weight.ToTensor().Data, rest.Segmenter.Model.Initializers[name].ToTensor().Data, name);
    }

    [TestMethod]
    [DataRow("ce")]
    [DataRow("dice+focal:0.5")]
    [DataRow("lovasz")]
    [DataRow("tversky")]
    [DataRow("jaccard")]
    [DataRow("ohem")]
    [DataRow("border")]
    [DataRow("border-added")]
    public void EachLossTrainsBothKindsOfMaps(string name)
    {
        foreach (var net in (string[])["unet", "fcn_sigmoid", "fcn_softmax", "unet_crop"])
        {
            using var folder = new TemporaryFolder();
            var (loss, border) = NamedMapLoss.Parse(name);
            var result = Ml.Detection().FineTuneSegmenter(new SegmentationTrainer.Options
            {
                Segmenter = MapFiles.Import(net), Loss = loss, Border = border, Epochs = 2, BatchSize = 2, WarmUpEpochs = 0,
            }).Train(MapFiles.Data(folder, net));
            Assert.IsTrue(result.History.All(epoch => float.IsFinite(epoch.Loss)), $"{net} {name}");
            if (name == "dice+focal:0.5")
                Assert.HasCount(2, result.History[0].Terms);
        }
    }

    /// <summary>Weights between objects: 1 + w times the loss of each pixel; added, the map moves the value
    /// alone.</summary>
    [TestMethod]
    public void AddedWeightsMoveTheValueAlone()
    {
        using var folder = new TemporaryFolder();
        var data = MapFiles.Data(folder, "fcn_sigmoid");
        SegmentationResult Run(string name) => Ml.Detection().FineTuneSegmenter(new SegmentationTrainer.Options
        {
            Segmenter = MapFiles.Import("fcn_sigmoid"), Loss = NamedMapLoss.Parse(name).Loss,
            Border = NamedMapLoss.Parse(name).Border, Epochs = 1, BatchSize = 2, WarmUpEpochs = 0,
        }).Train(data);
        var (plain, added, weighted) = (Run("ce"), Run("border-added"), Run("border"));
        Assert.IsGreaterThan(plain.History[0].Loss, added.History[0].Loss);
        Assert.IsGreaterThan(plain.History[0].Loss, weighted.History[0].Loss);
        byte[] Weights(SegmentationResult result) => result.Segmenter.Model.ToBytes();
        CollectionAssert.AreEqual(Weights(plain), Weights(added));
        CollectionAssert.AreNotEqual(Weights(plain), Weights(weighted));
    }

    [TestMethod]
    public void TheSavedFileKeepsItsContract()
    {
        foreach (var net in MapFiles.All)
        {
            using var folder = new TemporaryFolder();
            var result = Ml.Detection().FineTuneSegmenter(new SegmentationTrainer.Options
            {
                Segmenter = MapFiles.Import(net), Epochs = 1, BatchSize = 2,
            }).Train(MapFiles.Data(folder, net));
            result.Segmenter.Save(folder.File("tuned.onnx"));
            using InferenceSession before = new(MapFiles.Path(net)), after = new(folder.File("tuned.onnx"));
            foreach (var (old, tuned) in new[] { (before.InputMetadata, after.InputMetadata), (before.OutputMetadata, after.OutputMetadata) })
                foreach (var (name, node) in old)
                {
                    Assert.AreEqual(node.ElementType, tuned[name].ElementType, $"{net} {name}");
                    CollectionAssert.AreEqual(node.Dimensions, tuned[name].Dimensions, $"{net} {name}");
                }
        }
    }

    [TestMethod]
    public void FromPixelsToLabelsInOneFileAndInAModelFile()
    {
        using var folder = new TemporaryFolder();
        foreach (var net in MapFiles.All)
        {
            var model = MapFiles.Import(net);
            AssertOneFileEquals(model, folder.File(net + ".onnx"));

            var data = MapFiles.Data(folder, net);
            using var transformer = new MLNet.Detection.Estimators.SegmenterTransformer(model);
            Ml.Model.Save(transformer, data.Schema, folder.File("model.zip"));
            var loaded = new MLContext().Model.Load(folder.File("model.zip"), out _);
            var (own, theirs) = (Masks(transformer.Transform(data)), Masks(loaded.Transform(data)));
            Assert.HasCount(2, own);
            for (var i = 0; i < 2; i++)
                CollectionAssert.AreEqual(own[i], theirs[i]);
        }
    }

    // Several rows and columns of windows, one row, one window with the picture's reflection around it, one column of pixels.
    [TestMethod]
    [DataRow(150, 101)]
    [DataRow(130, 20)]
    [DataRow(17, 9)]
    [DataRow(1, 80)]
    public void FromPixelsToLabelsInWindows(int width, int height)
    {
        using var folder = new TemporaryFolder();
        foreach (var net in MapFiles.All)
            foreach (var overlap in new[] { 0, 0.25, 0.6 })
                AssertOneFileEquals(MapFiles.Import(net) with { Tiling = new(overlap) }, folder.File($"{net}_{overlap}.onnx"), width, height);
    }

    // Bars above and below, then left and right; maps of the picture's size and of a part of it.
    [TestMethod]
    public void FromPixelsToLabelsInAFrame()
    {
        using var folder = new TemporaryFolder();
        foreach (var net in MapFiles.All.Where(net => net != "unet_crop"))
        {
            var model = MapFiles.Import(net);
            model = model with { Resize = new ImageResize(model.Resize.Width, model.Resize.Height, ResizeMode.Letterbox) };
            AssertOneFileEquals(model, folder.File(net + ".onnx"));
            AssertOneFileEquals(model, folder.File(net + "_tall.onnx"), width: 31, height: 90);
        }
    }

    // Where two classes are as probable as each other, the order of sums decides.
    private static void AssertOneFileEquals(SegmenterModel model, string file, int width = 70, int height = 45)
    {
        var picture = SegmenterImportTests.Noise(width, height);
        using var segmenter = new Segmenter(model, 1);
        var expected = segmenter.Segment(picture).Labels.Classes;
        model.SaveEndToEnd(file);
        using var session = new InferenceSession(file);
        using var pixels = OrtValue.CreateTensorValueFromMemory(picture.Pixels, [height, width, 3]);
        using var run = new RunOptions();
        using var found = session.Run(run, ["pixels"], [pixels], ["labels"]);
        var labels = found[0].GetTensorDataAsSpan<byte>().ToArray();
        Assert.HasCount(expected.Length, labels);
        Assert.IsLessThanOrEqualTo(expected.Length / 200, expected.Zip(labels).Count(pair => pair.First != pair.Second), file);
    }

    [TestMethod]
    public void WindowsAreTheWholePictureWhereItFits()
    {
        var whole = MapFiles.Import("unet");
        var picture = SegmenterImportTests.Noise(48, 32);
        using Segmenter plain = new(whole), windows = new(whole with { Tiling = new(0.5) });
        var (a, b) = (plain.Segment(picture).Probabilities, windows.Segment(picture).Probabilities);
        for (var i = 0; i < a.Length; i++)
            Assert.AreEqual(a[i], b[i], 1e-6f);
        // A larger and a smaller one have their own sizes.
        Assert.AreEqual(100 * 75, windows.Segment(SegmenterImportTests.Noise(100, 75)).Labels.Classes.Length);
        Assert.AreEqual(9 * 5, windows.Segment(SegmenterImportTests.Noise(9, 5)).Labels.Classes.Length);
    }

    [TestMethod]
    public void SaysWhatIsWrongWithTheData()
    {
        using var shapes = new Shapes(train: 2);
        var options = shapes.Options(epochs: 1);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Ml.Detection().FineTuneSegmenter(options with
        {
            Segmenter = MapFiles.Import("fcn"),
        }).Train(shapes.Train)).Message, "The network's classes are one, two, those of the data circle");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Ml.Detection().FineTuneSegmenter(options with
        {
            Loss = new BinaryCrossEntropyLoss(),
        }).Train(shapes.Train)).Message, "does not fit scores with a softmax");
        var empty = shapes.Train.Dataset.Images.Select(image => image with { Mask = null });
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Ml.Detection().FineTuneSegmenter(options)
            .Train(new DetectionDataView(new("x", shapes.Train.Dataset.Categories, empty)))).Message, "Column 'Mask' is missing");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => NamedMapLoss.Parse("dice+foo:2")).Message, "'foo:2'");
    }

    // Masks whose classes have other names are no background: nothing, or not those pixels, is measured.
    [TestMethod]
    public void Classes_that_the_network_lacks_are_refused_or_do_not_count()
    {
        using var shapes = new Shapes(train: 2);
        using var scorer = new MLNet.Detection.Estimators.SegmenterTransformer(shapes.Model);
        var names = shapes.Model.Classes;
        DetectionDataView Named(IEnumerable<string> others) => new(new("other",
            others.Select((name, i) => new Category(i + 1, name)), shapes.Test.Dataset.Images));
        var other = Named(names.Select(name => $"other {name}"));
        StringAssert.Contains(Assert.ThrowsExactly<DatasetException>(() => Ml.Detection().EvaluateMasks(scorer.Transform(other))).Message,
            $"none of the classes of its masks (other {names[0]}");
        using var segmenter = new Segmenter(shapes.Model);
        StringAssert.StartsWith(Assert.ThrowsExactly<DatasetException>(() => MaskHeldOut.Read(segmenter, other.Dataset)).Message,
            "other: none");

        long Pixels(DetectionDataView data) => Ml.Detection().EvaluateMasks(scorer.Transform(data)).Classes[0].True;
        var some = Named([names[0], .. names.Skip(1).Select(name => $"other {name}")]);
        Assert.AreEqual(Pixels(shapes.Test), Pixels(some), "pixels of other classes are no background");
    }

    private static List<byte[]> Masks(IDataView view) => [.. view.GetColumn<VBuffer<byte>>(PredictionColumns.PredictedMask)
        .Select(mask => mask.DenseValues().ToArray())];

    [TestMethod]
    public void A_teacher_that_equals_its_student_adds_nothing_and_another_one_is_followed()
    {
        using var shapes = new Shapes(train: 6);
        Assert.AreEqual(0, Term(shapes.Model), 1e-6);
        var other = new SmallUNet { Classes = shapes.Model.Classes, Width = 48, Height = 40, FirstChannels = 4, Seed = 9 }.Build();
        var before = other.Model.ToBytes();
        Assert.IsGreaterThan(1e-4, Term(other));
        CollectionAssert.AreEqual(before, other.Model.ToBytes());

        double Term(SegmenterModel teacher)
        {
            IReadOnlyDictionary<string, float>? first = null;
            Ml.Detection().FineTuneSegmenter(shapes.Options(epochs: 1) with
            {
                Teacher = new(teacher) { Temperature = 2 }, Progress = new Training.SmallRun.Told(now => first ??= now.Terms),
            }).Train(shapes.Train);
            return first!["teacher_map"];
        }
    }

    [TestMethod]
    public void A_teacher_of_other_classes_or_size_is_refused()
    {
        using var shapes = new Shapes(train: 2);
        Refused(shapes.Model with { Classes = [.. shapes.Model.Classes.Reverse()] }, "has the classes");
        Refused(shapes.Model with { Resize = new(96, 80) }, "takes pictures of 96 x 80, the network 48 x 40");
        Refused(shapes.Model with { Activation = MapActivation.Sigmoid }, "channels of a Sigmoid");

        void Refused(SegmenterModel teacher, string message) => StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
            () => Ml.Detection().FineTuneSegmenter(shapes.Options(epochs: 1) with { Teacher = new(teacher) })
                .Train(shapes.Train)).Message, message);
    }

    private sealed class Shapes : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Shapes(int train)
        {
            var path = _folder.File("shapes");
            ShapesGenerator.Write(path, new() { Width = 48, Height = 40, Train = train, Val = 0, Test = 6, MaxShapes = 3, Masks = true });
            (Train, Test) = (Ml.Detection().LoadMasks(path, new() { Split = "train" }), Ml.Detection().LoadMasks(path, new() { Split = "test" }));
        }

        public DetectionDataView Train { get; }

        public DetectionDataView Test { get; }

        public SegmenterModel Model { get; } = new SmallUNet
        {
            Classes = [.. ShapesGenerator.Categories.Select(category => category.Name)], Width = 48, Height = 40, FirstChannels = 6,
        }.Build();

        public string Folder(string name) => _folder.File(name);

        public SegmentationTrainer.Options Options(int epochs) => new()
        {
            Segmenter = Model, Epochs = epochs, BatchSize = 4, LearningRate = 5e-3f, Seed = 2,
        };

        public void Dispose() => _folder.Dispose();
    }
}
