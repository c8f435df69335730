using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Boxes;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Detectors;
using MLNet.Detection.Tests.Estimators;
using MLNet.Detection.Tests.Heads;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Tests.EndToEnd;

[TestClass]
public sealed class EndToEndModelTests
{
    private static readonly ImageDecoder Decoder = new();

    private static readonly DetectorModel Retina = TinyDetector.Model with
    {
        Decoder = DetectionDecoder.RetinaNet with { ScoreThreshold = 0.02f, MaxCandidates = 60 },
    };

    private static readonly DetectorModel Ssd = TinyDetector.Model with
    {
        Classes = ["dog", "owl"],
        Decoder = DetectionDecoder.Ssd with { ScoreThreshold = 0.1f, MaxCandidates = 30, MaxDetections = 12 },
    };

    private static IEnumerable<object[]> Detectors =>
    [
        ["RetinaNet", Retina],
        ["RetinaNet, everything is a candidate", Retina with
            { Decoder = Retina.Decoder with { MaxCandidates = int.MaxValue, ScoreThreshold = 0 } }],
        ["SSD", Ssd],
        ["SSD, small boxes dropped, no clipping", Ssd with
            { Decoder = Ssd.Decoder with { MinSize = 9, Clip = false } }],
        ["letterbox", Ssd with { Resize = new(32, 32, ResizeMode.Letterbox, 90) }],
        ["BGR by channel", Retina with
            { Normalization = new(new(100, 110, 120), new(50, 60, 70), ChannelOrder.Bgr) }],
    ];

    [TestMethod, DynamicData(nameof(Detectors))]
    public void The_file_finds_what_the_detector_finds(string name, DetectorModel model)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("whole.onnx");
        model.SaveEndToEnd(path);
        using var detector = new Detector(model, 1);
        using var session = new InferenceSession(path);
        var found = 0;
        for (var seed = 0; seed < 6; seed++)
        {
            var picture = seed < 2 ? TinyDetector.Reference(seed) : Decoder.Decode(TinyDetector.Noise(seed), "noise");
            var expected = detector.Detect([picture])[0];
            var actual = Run(session, "pixels", picture.Pixels, picture.Height, picture.Width, 3);
            if (seed < 2)
                Same(expected, actual, $"{name} {seed}");
            else
                Similar(expected, actual, model.Decoder.ScoreThreshold, $"{name} {seed}");
            found += expected.Length;
        }
        Assert.IsGreaterThan(10, found);
    }

    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void All_heads_have_the_form(object row)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("whole.onnx");
        var model = ((HeadCase)row).Load();
        model = model with { Decoder = model.Decoder with { ScoreThreshold = 0.3f } };
        model.SaveEndToEnd(path);
        using var detector = new Detector(model, 1);
        using var session = new InferenceSession(path);
        foreach (var picture in HeadExport.Decoded())
            Same(detector.Detect([picture])[0],
                Run(session, "pixels", picture.Pixels, picture.Height, picture.Width, 3), $"{row}");
    }

    // ONNX Runtime's Sigmoid is not monotone there, and 0 from -18 down.
    [TestMethod]
    public void Small_scores_keep_their_order()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("whole.onnx");
        var model = Retina with
        {
            Model = Lowered(Retina.Model, Retina.ClassValue, 16),
            Decoder = Retina.Decoder with { ScoreThreshold = 0 },
        };
        model.SaveEndToEnd(path);
        using var detector = new Detector(model, 1);
        using var session = new InferenceSession(path);
        var picture = TinyDetector.Reference(0);
        var expected = detector.Detect([picture])[0];
        Assert.IsTrue(expected.Length > 3 && expected.All(found => found.Score is > 0 and < 1e-5f));
        Same(expected, Run(session, "pixels", picture.Pixels, picture.Height, picture.Width, 3), "small");
    }

    private static OnnxModel Lowered(OnnxModel model, string value, float by)
    {
        var copy = model.Clone();
        var graph = copy.Proto.Graph;
        var index = graph.Node.IndexOf(graph.Node.Single(node => node.Output.Contains(value)));
        var outputs = graph.Node[index].Output;
        outputs[outputs.IndexOf(value)] = value + "/high";
        graph.Initializer.Add(new TensorProto { Name = "lower", DataType = 1, FloatData = { by } });
        graph.Node.Insert(index + 1, new NodeProto { OpType = "Sub", Input = { value + "/high", "lower" }, Output = { value } });
        return copy;
    }

    [TestMethod]
    public void Nothing_found_gives_empty_outputs()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("whole.onnx");
        foreach (var model in new[] { Retina, Ssd })
        {
            (model with { Decoder = model.Decoder with { ScoreThreshold = 0.9999f } }).SaveEndToEnd(path);
            using var session = new InferenceSession(path);
            Assert.IsEmpty(Run(session, "pixels", TinyDetector.Reference(0).Pixels, 32, 32, 3));
        }
    }

    [TestMethod]
    public void Names_of_the_classes_stand_in_the_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("whole.onnx");
        Retina.SaveEndToEnd(path);
        using var session = new InferenceSession(path);
        Assert.AreEqual("""["cup","dog","owl"]""", session.ModelMetadata.CustomMetadataMap["classes"]);
        Assert.ThrowsExactly<ModelException>(() => DetectorModel.Load(path));
    }

    private static void Same(DetectedObject[] expected, DetectedObject[] actual, string what)
    {
        Assert.HasCount(expected.Length, actual, what);
        CollectionAssert.AreEqual(
            expected.Select(d => d.Class).ToArray(), actual.Select(d => d.Class).ToArray(), what);
        Close.To([.. expected.Select(d => (double)d.Score)], actual.Select(d => d.Score).ToArray(), 1e-5, what);
        Close.To([.. expected.SelectMany(d => new double[] { d.Box.X0, d.Box.Y0, d.Box.X1, d.Box.Y1 })],
            actual.Select(d => d.Box).ToArray(), 1e-4, what);
    }

    // Where the mean of pixels lies between two greys, rounding may differ: float sums depend on their order.
    private static void Similar(
        DetectedObject[] expected, DetectedObject[] actual, float threshold, string what)
    {
        foreach (var (some, others) in new[] { (expected, actual), (actual, expected) })
            foreach (var found in some.Where(d => d.Score > threshold + 0.02f))
                Assert.IsTrue(others.Any(d => d.Class == found.Class && MathF.Abs(d.Score - found.Score) < 0.01f
                    && Distance(d.Box, found.Box) < 1f), $"{what}: {found}");
    }

    private static float Distance(Box a, Box b) => new[] { a.X0 - b.X0, a.Y0 - b.Y0, a.X1 - b.X1, a.Y1 - b.Y1 }
        .Max(MathF.Abs);

    private static DetectedObject[] Run(InferenceSession session, string input, byte[] values, params long[] shape)
    {
        using var value = OrtValue.CreateTensorValueFromMemory(values, shape);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [input], [value], ["boxes", "scores", "labels"]);
        var boxes = MemoryMarshal.Cast<float, Box>(outputs[0].GetTensorDataAsSpan<float>()).ToArray();
        var scores = outputs[1].GetTensorDataAsSpan<float>().ToArray();
        var labels = outputs[2].GetTensorDataAsSpan<long>().ToArray();
        return [.. boxes.Select((box, i) => new DetectedObject(box, (int)labels[i], scores[i]))];
    }
}
