using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Builtin;

[TestClass]
public class SmallDetectorTests
{
    private static readonly SmallDetector Shapes =
        new() { Classes = [.. ShapesGenerator.Categories.Select(c => c.Name)] };

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    [DataRow(10)]
    public void HasAFewHundredThousandParameters(int classes)
    {
        var detector = (Shapes with { Classes = Names(classes) }).Build();
        var initializers = detector.Model.Initializers;
        var weights = TrainableWeights.Of(detector.Model, [detector.ClassValue, detector.BoxValue]);
        CollectionAssert.Contains(weights.ToArray(), "backbone.stem.weight");
        foreach (var name in weights)
            StringAssert.Matches(name, new(@"^(backbone|fpn|head)\.[a-z0-9.]+\.(weight|bias)$"));
        var count = weights.Sum(name => initializers[name].Dims.Aggregate(1L, (a, b) => a * b));
        Assert.IsInRange(100_000L, 900_000L, count);
    }

    [TestMethod]
    [DataRow(32, 32, 1)]
    [DataRow(96, 64, 3)]
    [DataRow(192, 224, 7)]
    public void AnchorsAndRowsAgreeAtAnySize(int width, int height, int classes)
    {
        var detector = (Shapes with { Width = width, Height = height, Classes = Names(classes) }).Build();
        var cells = width * height / 64 * 21 / 16;                        // strides 8, 16, 32: 1 + 1/4 + 1/16
        Assert.HasCount(9 * cells, detector.Anchors);
        var outputs = SmallDetectorRun.Run(detector.Model, width, height, batch: 1);
        CollectionAssert.AreEqual(new long[] { 1, 9 * cells, classes }, outputs["class_logits"].Shape.ToArray());
        CollectionAssert.AreEqual(new long[] { 1, 9 * cells, 4 }, outputs["boxes"].Shape.ToArray());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void TheSavedFileDecodesItsOwnOutputsForAnyBatch(int batch)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("small.onnx");
        Shapes.Build().Save(path);
        var detector = DetectorModel.Load(path);
        var outputs = SmallDetectorRun.Run(detector.Model, 128, 128, batch);
        var logits = outputs["class_logits"].Values<float>();
        var scores = outputs["scores"].Values<float>();
        for (var i = 0; i < logits.Length; i++)
            Assert.AreEqual(1 / (1 + Math.Exp(-logits[i])), scores[i], 1e-6);
        var deltas = outputs["box_deltas"].Values<float>();
        var boxes = outputs["boxes"].Values<float>();
        Assert.AreEqual(batch * 4 * detector.Anchors.Count, deltas.Length);
        for (var i = 0; i < deltas.Length; i += 4)
        {
            var anchor = detector.Anchors[i / 4 % detector.Anchors.Count];
            var delta = new BoxDelta(deltas[i], deltas[i + 1], deltas[i + 2], deltas[i + 3]);
            var box = detector.Decoder.Coder.Decode(delta, anchor);
            AssertClose(box, new(boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]), 1e-3f);
        }
    }

    [TestMethod]
    public void AnchorsAndCoderCanBeReadOutOfTheFile()
    {
        var detector = (Shapes with { Width = 96, Height = 64 }).Build();
        var tail = TailAnchors.Read(detector.Model, "box_deltas", "boxes", 96, 64);
        Assert.HasCount(detector.Anchors.Count, tail.Anchors);
        foreach (var (expected, found) in detector.Anchors.Zip(tail.Anchors))
            AssertClose(expected, found, 1e-3f);
        Assert.AreEqual(BoxCoder.RetinaNet, tail.Coder);
    }

    [TestMethod]
    public void ImportsAgainWithOtherClasses()
    {
        var import = new DetectorImport
        {
            ClassOutput = "scores", BoxOutput = "boxes", HasBackground = false, Classes = Names(6),
            Normalization = Normalization.Centered,
        };
        var imported = import.Apply(Shapes.Build().Model);
        Assert.HasCount(3024, imported.Anchors);
        using var detector = new Detector(imported, 2);
        Assert.HasCount(2, detector.Detect([RgbImage.Filled(50, 40, 9, 99, 199), RgbImage.Filled(200, 300, 1, 2, 3)]));
    }

    [TestMethod]
    public void ASeedDecidesEveryByte()
    {
        var bytes = Shapes.Build().Model.ToBytes();
        CollectionAssert.AreEqual(bytes, Shapes.Build().Model.ToBytes());
        CollectionAssert.AreNotEqual(bytes, (Shapes with { Seed = 2 }).Build().Model.ToBytes());
    }

    [TestMethod]
    public void BeginsWithRareObjects()
    {
        var scores = SmallDetectorRun.Run(Shapes.Build().Model, 128, 128, batch: 2)["scores"].Values<float>().ToArray();
        Assert.AreEqual(0.01, scores.Average(), 0.005);
        Assert.IsLessThan(0.2f, scores.Max());
    }

    [TestMethod]
    public void RefusesOptionsOutOfRange()
    {
        Refuses(Shapes with { Width = 100 }, "Width is 100; expected a multiple of 32");
        Refuses(Shapes with { Height = 0 }, "Height is 0");
        Refuses(Shapes with { Classes = [] }, "Classes is empty");
        Refuses(Shapes with { StageChannels = [16, 32] }, "StageChannels is [16, 32]; expected five");
        Refuses(Shapes with { PyramidChannels = -1 }, "PyramidChannels is -1");
        Refuses(Shapes with { AnchorScale = 0 }, "AnchorScale is 0");
        Refuses(Shapes with { AspectRatios = [1, -1] }, "AspectRatios is [1, -1]");
    }

    private static void Refuses(SmallDetector options, string message) =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => options.Build()).Message, message);

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"class {i}")];

    private static void AssertClose(Box expected, Box found, float tolerance)
    {
        Assert.AreEqual(expected.X0, found.X0, tolerance);
        Assert.AreEqual(expected.Y0, found.Y0, tolerance);
        Assert.AreEqual(expected.X1, found.X1, tolerance);
        Assert.AreEqual(expected.Y1, found.Y1, tolerance);
    }
}
