using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Estimators;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Tests.Detectors;

[TestClass]
public sealed class DetectorImportTests
{
    private static readonly string Tiny = References.PathOf("13_training", "tiny_retinanet.onnx");

    private static DetectorImport Import { get; } = new()
    {
        ClassOutput = "cls_logits", BoxOutput = "bbox_regression", Classes = ["a", "b", "c"], HasBackground = false,
        Anchors = TinyDetector.Anchors, Normalization = Normalization.Centered,
    };

    [TestMethod]
    public void What_pixels_are_is_asked_for_where_nothing_says_it()
    {
        var error = Assert.ThrowsExactly<ModelException>(() => (Import with { Normalization = null }).Load(Tiny));
        StringAssert.Contains(error.Message, "nothing says what numbers the network takes for its pixels");
        StringAssert.Contains(error.Message, "--normalization");
        Assert.AreEqual(ChannelOrder.Bgr, (Import with { Colors = ChannelOrder.Bgr }).Load(Tiny).Normalization.Order);
    }

    [TestMethod]
    public void Keeps_the_head_where_the_count_is_equal()
    {
        var detector = Import.Load(Tiny);
        CollectionAssert.AreEqual(OnnxModel.Load(Tiny).Initializers["cls_head.weight"].RawData.ToByteArray(),
            detector.Model.Initializers["cls_head.weight"].RawData.ToByteArray());
        Assert.AreEqual((32, 32), (detector.Resize.Width, detector.Resize.Height));
        Assert.IsNull(detector.Decoder.BackgroundClass);
        Assert.AreEqual(BoxCoder.RetinaNet, detector.Decoder.Coder);
    }

    [TestMethod]
    public void Gives_new_heads_for_another_count()
    {
        var sigmoid = (Import with { Classes = ["a", "b", "c", "d", "e"] }).Load(Tiny);
        var bias = sigmoid.Model.Initializers["cls_head.bias"].ToTensor().Values<float>().ToArray();
        Assert.HasCount(10, bias);
        Assert.IsTrue(bias.All(b => Math.Abs(b + Math.Log(99)) < 1e-5), "every class starts at 0.01");
        var softmax = (Import with { HasBackground = true, Seed = 1 }).Load(Tiny);
        Assert.AreEqual(4, softmax.ClassColumns);
        Assert.IsTrue(softmax.Model.Initializers["cls_head.bias"].ToTensor().Values<float>().ToArray().All(b =>
            b == 0));
        Assert.AreEqual(BoxCoder.Ssd, softmax.Decoder.Coder);
        using var detector = new Detector(softmax, 2);
        Assert.HasCount(1, detector.Detect([TinyDetector.Reference(0)]));
    }

    [TestMethod]
    public void Takes_anchors_from_the_callers_function()
    {
        (int, int)? asked = null;
        var detector = (Import with { Anchors = null }).Load(Tiny, (width, height) =>
        {
            asked = (width, height);
            return TinyDetector.Anchors;
        });
        Assert.AreEqual((32, 32), asked);
        Assert.HasCount(128, detector.Anchors);
    }

    [TestMethod]
    public void Says_what_to_give_where_no_activation_follows() =>
        Fails(Import with { HasBackground = null }, "no activation follows", "HasBackground = true, loss multibox",
            "false, loss retinanet");

    // The value is also asked for its shape, and turned, before the activation comes.
    [TestMethod]
    [DataRow("Sigmoid", false)]
    [DataRow("Softmax", true)]
    public void Reads_the_kind_of_head_off_its_activation(string activation, bool background)
    {
        var model = OnnxModel.Load(Tiny);
        model.Proto.Graph.Node.Add(
        [
            new NodeProto { OpType = "Shape", Input = { "cls_logits" }, Output = { "shape" } },
            new NodeProto { OpType = "Transpose", Input = { "cls_logits" }, Output = { "turned" },
                Attribute = { Ints("perm", 0, 2, 1) } },
            new NodeProto { OpType = activation, Input = { "turned" }, Output = { "scores" },
                Attribute = { Axis(activation) } },
        ]);
        model.Proto.Graph.Output.Add(new ValueInfoProto { Name = "scores" });
        var detector = (Import with { HasBackground = null }).Apply(model);
        Assert.AreEqual("cls_logits", detector.ClassValue);
        Assert.AreEqual(background, detector.Decoder.BackgroundClass is not null);
        Assert.AreEqual(background ? 4 : 3, detector.ClassColumns);
    }

    [TestMethod]
    public void Says_that_raw_boxes_carry_no_anchors() =>
        Fails(Import with { Anchors = null }, "'bbox_regression' holds raw deltas", "Give the anchors that the program behind the file knows");

    [TestMethod]
    public void Names_another_number_of_anchors() =>
        Fails(Import with { Anchors = TinyDetector.Anchors[..127] }, "'cls_logits'", "[1, 128, 3]", "for 127 anchors");

    [TestMethod]
    public void Names_outputs_that_are_swapped() =>
        Fails(Import with { ClassOutput = "bbox_regression", BoxOutput = "cls_logits" },
            "'cls_logits' comes from a value of shape [1, 128, 3], expected [1, 128, 4]");

    [TestMethod]
    public void Names_the_nearest_of_an_unknown_output() =>
        Fails(Import with { ClassOutput = "cls_logit" }, "'cls_logit'", "'cls_logits'");

    [TestMethod]
    public void Refuses_no_classes_and_double_ones()
    {
        Fails<ArgumentException>(Import with { Classes = [] }, "Classes is empty");
        Fails<ArgumentException>(Import with { Classes = ["a", "b", "a"] }, "'a'");
    }

    [TestMethod]
    public void Asks_for_the_size_that_the_file_leaves_open()
    {
        using var folder = new TemporaryFolder();
        var model = OnnxModel.Load(Tiny);
        foreach (var dim in model.Proto.Graph.Input[0].Type.TensorType.Shape.Dim.Skip(2))
            dim.DimParam = "side";
        model.Save(folder.File("open.onnx"));
        var error = Assert.ThrowsExactly<ModelException>(() => Import.Load(folder.File("open.onnx")));
        StringAssert.Contains(error.Message, "leaves the image size open");
        var detector = (Import with { ImageSize = (32, 32), Classes = ["x"] }).Load(folder.File("open.onnx"));
        Assert.AreEqual(32, detector.Resize.Width);
        using var run = new Detector(detector, 1);
        Assert.HasCount(1, run.Detect([TinyDetector.Reference(0)]));
    }

    [TestMethod]
    public void Names_files_that_are_missing_truncated_or_foreign()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(Tiny);
        Named(folder.File("none.onnx"), "no such file");
        File.WriteAllBytes(folder.File("cut.onnx"), bytes[..(bytes.Length / 2)]);
        Named(folder.File("cut.onnx"), "not a complete ONNX file");
        Named(folder.Write("text.onnx", "PNG or what not, surely no model"), "ONNX");

        static void Named(string path, string message)
        {
            var error = Assert.ThrowsExactly<ModelException>(() => Import.Load(path));
            StringAssert.StartsWith(error.Message, path);
            StringAssert.Contains(error.Message, message);
        }
    }

    [TestMethod]
    [DataRow("version-RFB-320.onnx")]
    [DataRow("version-RFB-320_without_postprocessing.onnx")]
    public void UltraFace_becomes_a_detector_of_three_classes(string file)
    {
        var detector = new DetectorImport
        {
            ClassOutput = "scores", BoxOutput = "boxes", Classes = ["RBC", "WBC", "Platelets"],
            Anchors = file.Contains("without") ? UltraFaceAnchors.Default.Generate(320, 240) : null,
        }.Load(Shared.File($"models/ultraface/{file}"));
        Assert.AreEqual(DetectionDecoder.Ssd.BackgroundClass, detector.Decoder.BackgroundClass);
        Assert.AreEqual(new BoxCoder(10, 10, 5, 5), detector.Decoder.Coder with { MaxLogScale = null });
        Assert.AreEqual((4420, 4, 320, 240),
            (detector.Anchors.Count, detector.ClassColumns, detector.Resize.Width, detector.Resize.Height));
        using var run = new Detector(detector, 2);
        Assert.HasCount(1, run.Detect([TinyDetector.Reference(0)]));
    }

    private static AttributeProto Ints(string name, params long[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    private static IEnumerable<AttributeProto> Axis(string activation) => activation == "Sigmoid" ? []
        : [new() { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 1 }];

    private static void Fails(DetectorImport import, params string[] parts) => Fails<ModelException>(import, parts);

    private static void Fails<T>(DetectorImport import, params string[] parts) where T : Exception
    {
        var error = Assert.ThrowsExactly<T>(() => import.Load(Tiny));
        foreach (var part in parts)
            StringAssert.Contains(error.Message, part);
    }
}
