using System.Numerics;
using MLNet.Detection.Anchors;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Detectors;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Heads;

/// <summary>The forms that files of the YOLO family have, and what their own decoding gives.</summary>
[TestClass]
public sealed class YoloHeadTests
{
    private static HeadCase Yolo => HeadCase.Of("yolo");

    private static HeadCase Yolox => HeadCase.Of("yolox");

    private static OnnxModel File(HeadCase head) => OnnxModel.Load(head.Export.Path);

    [TestMethod]
    public void Reads_the_anchors_out_of_the_files_decoding()
    {
        var detector = Yolo.Load();
        var sizes = detector.Anchors.Select(a => new Vector2(a.Width, a.Height)).Distinct();
        CollectionAssert.AreEqual(YoloAnchors.Version3.Sizes.SelectMany(level => level).ToArray(),
            sizes.Select(size => Vector2.Round(size)).ToArray());
        Assert.HasCount(3 * (64 + 16 + 4), detector.Anchors);
        Assert.AreEqual((4f, 4f), (detector.Anchors[2].CenterX, detector.Anchors[2].CenterY));
        Assert.AreEqual((12f, 4f), (detector.Anchors[3].CenterX, detector.Anchors[3].CenterY));
    }

    // One raw output a level: the convolution's own, or [B, anchors, H, W, 5 + C].
    [TestMethod]
    [DataRow("Conv")]
    [DataRow("Transpose")]
    public void Takes_an_output_for_each_level(string op)
    {
        var names = File(Yolo).Proto.Graph.Node.Where(node => node.OpType == op).Select(node => node.Output[0])
            .TakeLast(3).ToList();
        var cut = Subgraph.Extract(File(Yolo), names);
        var outputs = string.Join(", ", names);
        var import = Yolo.Import with { ClassOutput = outputs, BoxOutput = outputs };
        var detector = (import with { AnchorScheme = YoloAnchors.Version3 }).Apply(cut);
        Same(Yolo.Load(), detector);
        var error = Assert.ThrowsExactly<ModelException>(() => import.Apply(cut));
        StringAssert.Contains(error.Message, "holds raw numbers, so the anchors cannot be read out");
        var more = (import with
        {
            Classes = ["a", "b", "c", "d"], AnchorScheme = YoloAnchors.Version3, ClassOutput = null, BoxOutput = null,
        }).Apply(cut);
        Assert.AreEqual(3 * 9, (int)more.Model.Initializers["m.0.bias"].Dims[0]);
    }

    // The columns of boxes and objectness keep their weights, and so do the classes that stay in number.
    [TestMethod]
    public void Other_classes_leave_the_boxes_alone()
    {
        var (old, detector) = (Yolo.Load(), (Yolo.Import with { Classes = ["a", "b"] }).Load(Yolo.Export.Path));
        var (before, after) = (Bias(old), Bias(detector));
        Assert.HasCount(3 * 7, after);
        for (var anchor = 0; anchor < 3; anchor++)
        {
            CollectionAssert.AreEqual(before[(8 * anchor)..(8 * anchor + 5)], after[(7 * anchor)..(7 * anchor + 5)]);
            Assert.AreEqual(-Math.Log(99), after[7 * anchor + 5], 1e-5);
        }

        static float[] Bias(DetectorModel model) =>
            model.Model.Initializers["m.1.bias"].ToTensor().Values<float>().ToArray();
    }

    [TestMethod]
    [DataRow("yolo", HeadKind.Yolo)]
    [DataRow("yolox", HeadKind.Yolox)]
    [DataRow("yolov8", HeadKind.Yolov8)]
    public void The_convolutions_tell_the_kind(string name, HeadKind kind)
    {
        var import = HeadCase.Of(name).Import with { Head = null };
        Assert.AreEqual(kind, import.Load(HeadCase.Of(name).Export.Path).Head.Kind);
        var unnamed = (import with { ClassOutput = null, BoxOutput = null }).Load(HeadCase.Of(name).Export.Path);
        Same(HeadCase.Of(name).Load(), unnamed);
    }

    [TestMethod]
    public void Refuses_a_decoding_that_is_not_its_own()
    {
        var model = File(Yolo);
        foreach (var node in model.Proto.Graph.Node.Where(node => node.OpType == "Pow"))
            node.OpType = "Mul";
        var error = Assert.ThrowsExactly<ModelException>(() => Yolo.Import.Apply(model));
        StringAssert.Contains(error.Message, "does not decode");
    }

    [TestMethod]
    public void Yolox_takes_an_output_for_each_kind_of_value()
    {
        var maps = HeadMaps.Behind(File(Yolox), "output");
        string Every(int kind) => string.Join(',', maps.Where((_, i) => i % 3 == kind));
        var import = Yolox.Import with
        {
            BoxOutput = Every(0), ClassOutput = Every(2), Head = new YoloxHead { ObjectnessOutput = Every(1) },
        };
        Same(Yolox.Load(), import.Apply(Subgraph.Extract(File(Yolox), maps)));
        var error = Assert.ThrowsExactly<ModelException>(
            () => (import with { BoxOutput = Every(1) }).Apply(File(Yolox)));
        StringAssert.Contains(error.Message, "expected [1, 4, H, W]");
    }

    [TestMethod]
    public void Yolox_names_maps_of_another_kind()
    {
        var error = Assert.ThrowsExactly<ModelException>(
            () => (Yolo.Import with { Head = new YoloxHead() }).Load(Yolo.Export.Path));
        StringAssert.Contains(error.Message, "a level has the maps");
        StringAssert.Contains(error.Message, "ObjectnessOutput");
    }

    // All rows of the file's own output are found, with the product of objectness and class as the score; a file that
    // was given other classes decodes them as well.
    [TestMethod]
    [DataRow("yolo", 3)]
    [DataRow("yolo", 2)]
    [DataRow("yolox", 3)]
    [DataRow("yolox", 5)]
    [DataRow("yolov8", 3)]
    [DataRow("yolov8", 7)]
    public void Detects_what_the_file_decodes(string name, int classes)
    {
        var model = (HeadCase.Of(name).Import with { Classes = [.. "abcdefg"[..classes].Select(c => $"{c}")] })
            .Load(HeadCase.Of(name).Export.Path);
        model = model with
        {
            Decoder = model.Decoder with
            {
                ScoreThreshold = -1, IouThreshold = 1, MaxCandidates = int.MaxValue, MaxDetections = int.MaxValue,
                Clip = false, MinSize = float.NegativeInfinity,
            },
        };
        using var detector = new Detector(model, 1);
        var picture = HeadExport.Decoded()[0];
        var expected = Rows(model, picture, joined: name != "yolov8").ToList();
        var found = detector.Detect([picture])[0].Select(o => new[]
        {
            o.Score, o.Box.CenterX, o.Box.CenterY, o.Box.Width, o.Box.Height, o.Class,
        }).ToList();
        Assert.HasCount(expected.Count, found);
        foreach (var (a, b) in InOrder(expected).Zip(InOrder(found)))
            for (var k = 0; k < 6; k++)
                Assert.AreEqual(a[k], b[k], 1e-3f * (1 + Math.Abs(a[k])));

        // By place first: scores may differ in their last digit.
        static IEnumerable<float[]> InOrder(IEnumerable<float[]> rows) =>
            rows.OrderBy(r => r[5]).ThenBy(r => MathF.Round(r[1], 1)).ThenBy(r => MathF.Round(r[2], 1));
    }

    // Score, box and class of each row and class: [1, N, 5 + C], or YOLOv8's [1, 4 + C, N] without objectness.
    private static IEnumerable<float[]> Rows(DetectorModel model, RgbImage picture, bool joined)
    {
        var planes = new float[3 * 64 * 64];
        model.Normalization.Write(picture, planes);
        var feeds = new Dictionary<string, Tensor> { ["images"] = Tensor.Of<float>(new(1, 3, 64, 64), planes) };
        var output = Subgraph.Run(model.Model, feeds, model.Model.OutputNames).Values.Single();
        var (values, shape) = (output.Values<float>().ToArray(), output.Shape);
        for (var n = 0; n < shape[joined ? 1 : 2]; n++)
        {
            float At(int column) => values[joined ? n * shape[2] + column : column * shape[2] + n];
            for (var c = 0; c < model.Classes.Count; c++)
                yield return
                    [joined ? At(4) * At(5 + c) : At(4 + c), At(0), At(1), At(2), At(3), c];
        }
    }

    private static void Same(DetectorModel a, DetectorModel b)
    {
        using var first = new Detector(a, 4);
        using var second = new Detector(b, 4);
        foreach (var (expected, found) in first.Detect(HeadExport.Decoded()).Zip(second.Detect(HeadExport.Decoded())))
        {
            Assert.IsNotEmpty(expected);
            Assert.HasCount(expected.Length, found);
            foreach (var (x, y) in expected.Zip(found))
            {
                Assert.AreEqual(x.Class, y.Class);
                Assert.AreEqual(x.Score, y.Score, 1e-5f);
                Assert.AreEqual(x.Box.X0, y.Box.X0, 1e-3f);
            }
        }
    }
}
