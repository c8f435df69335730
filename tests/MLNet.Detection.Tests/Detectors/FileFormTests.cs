using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using MLNet.Detection.Quantization;
using MLNet.Detection.Scoring;
using MLNet.Detection.Tests.Heads;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Quantization;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>Files that are not what a trainer would like: they are trained all the same, and saved as they came.</summary>
[TestClass]
public sealed class FileFormTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("file-form-").FullName;

    private string File(string name) => Path.Combine(_folder, name);

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    // Ultralytics' half=True.
    [TestMethod]
    public void Halves_are_trained_and_stay_halves()
    {
        var file = OtherFiles.Half(OnnxModel.Load(References.PathOf("heads", "yolov8.onnx")));
        var detector = HeadCase.Of("yolov8").Import.Apply(file);
        Assert.IsNull(detector.ImageValue);
        var trained = HeadExport.Train(detector, 2, 1e-3f).Detector;
        trained.Save(File("half.onnx"));
        var saved = OnnxModel.Load(File("half.onnx"));
        Same(file.Proto.Graph.Input, saved.Proto.Graph.Input);
        Same(file.Proto.Graph.Output, saved.Proto.Graph.Output);
        var weight = file.Proto.Graph.Node.First(node => node.OpType == "Conv").Input[1];
        Assert.AreNotEqual(file.Initializers[weight], saved.Initializers[weight]);
        Assert.AreEqual((int)ElementType.Float16, saved.Initializers[weight].DataType);
        Assert.HasCount(4, Detections(DetectorModel.Load(File("half.onnx"))));
    }

    [TestMethod]
    [DataRow("im_shape", ElementType.Float32, new float[] { 64, 64 })]
    [DataRow("scale_factor", ElementType.Float32, new float[] { 1, 1 })]
    [DataRow("orig_target_sizes", ElementType.Int64, new float[] { 64, 64 })]
    public void Inputs_beside_the_picture_are_held_and_stay_inputs(string name, ElementType type, float[] held)
    {
        var file = OtherFiles.WithInput(OnnxModel.Load(References.PathOf("heads", "retinanet.onnx")), name, type,
            "bbox_regression", 2);
        var detector = HeadCase.Of("retinanet").Import.Apply(file);
        CollectionAssert.AreEqual(held, detector.Model.Initializers[name].ToTensor() is { Type: ElementType.Int64 } whole
            ? [.. whole.Values<long>().ToArray().Select(number => (float)number)]
            : detector.Model.Initializers[name].ToTensor().Values<float>().ToArray());
        HeadExport.Train(detector, 1, 1e-3f).Detector.Save(File("two.onnx"));
        var saved = OnnxModel.Load(File("two.onnx"));
        Same(file.Proto.Graph.Input, saved.Proto.Graph.Input);
        CollectionAssert.AreEqual(file.OutputNames.ToArray(), saved.OutputNames.ToArray());
        Assert.IsFalse(saved.Initializers.ContainsKey(name));
        Assert.HasCount(4, Detections(DetectorModel.Load(File("two.onnx"))));
        StringAssert.Contains(DetectorInspection.Of(file).Notes[0], $"'{name}'");
    }

    // As ONNX Runtime's static quantisation writes it, without a word of ours in its metadata.
    [TestMethod]
    [DataRow("retinanet")]
    [DataRow("yolov8")]
    public void Operators_on_whole_numbers_are_trained_and_stay(string head)
    {
        var detector = HeadCase.Of(head).Load();
        using var quantizer = new DetectorQuantizer(detector, new() { WholeOperators = true });
        quantizer.Observe(HeadExport.Decoded());
        var file = OperatorForm.Close(quantizer.Quantize().Model);
        file.Proto.MetadataProps.Clear();
        StringAssert.Contains(string.Join('\n', DetectorInspection.Of(file).Notes), "operators on whole numbers are trained");
        var import = HeadCase.Of(head).Import;
        var opened = (import with { Classes = ["a", "b", "c", "d", "e"] }).Apply(file);
        HeadExport.Train(import.Apply(file), 1, 1e-3f).Detector.Save(File("same.onnx"));
        opened.Save(File("whole.onnx"));
        foreach (var path in new[] { File("same.onnx"), File("whole.onnx") })
        {
            var saved = OnnxModel.Load(path);
            Same(file.Proto.Graph.Input, saved.Proto.Graph.Input);
            CollectionAssert.AreEqual(file.OutputNames.ToArray(), saved.OutputNames.ToArray());
            Assert.AreEqual(Counted(file), Counted(saved));
            Assert.HasCount(4, Detections(DetectorModel.Load(path)));
        }
    }

    private static string Counted(OnnxModel model) => string.Join(", ", model.Proto.Graph.Node
        .Where(node => node.OpType.Contains("Linear")).CountBy(node => node.OpType).OrderBy(at => at.Key)
        .Select(at => $"{at.Value} {at.Key}"));

    [TestMethod]
    public void An_input_of_unknown_meaning_is_refused_with_a_remedy()
    {
        var file = OtherFiles.WithInput(OnnxModel.Load(References.PathOf("heads", "retinanet.onnx")), "im_shape",
            ElementType.Float32, "bbox_regression", 2);
        file.Proto.Graph.Input[^1] = OtherFiles.Value("im_shape", ElementType.Float32, 1, 7);
        var error = Assert.ThrowsExactly<ModelException>(() => HeadCase.Of("retinanet").Import.Apply(file));
        StringAssert.Contains(error.Message, "'im_shape' Float32 [1, 7]");
        StringAssert.Contains(error.Message, "export the model without that input");
    }

    [TestMethod]
    public void Two_pictures_are_refused()
    {
        var file = OnnxModel.Load(References.PathOf("heads", "yolov8.onnx"));
        file.Proto.Graph.Input.Add(OtherFiles.Value("mask", ElementType.Float32, 1, 3, 64, 64));
        var error = Assert.ThrowsExactly<ModelException>(() => ImageInput.Read(file));
        StringAssert.Contains(error.Message, "'mask' Float32 [1, 3, 64, 64]");
        StringAssert.Contains(error.Message, "found 2");
    }

    // Declared open, or as -1, but built for one size.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Open_sizes_are_tried_and_named_in_the_command(bool minus)
    {
        var graph = new Graph();
        var x = graph.Input("images", ElementType.Float32, new(1, 3, 128, 128));
        var map = OnnxGraphs.Ops.Op.Conv(x, graph.Constant("w", Tensor.Filled(new(2, 3, 128, 128), 1)));
        graph.Output("out", OnnxGraphs.Ops.Op.Reshape(map, 1, 2));
        var file = GraphWriter.Write(graph, "open");
        foreach (var dim in file.Proto.Graph.Input[0].Type.TensorType.Shape.Dim.Skip(2))
            if (minus)
                dim.DimValue = -1;
            else
                dim.DimParam = "size";
        var report = DetectorInspection.Of(file);
        Assert.AreEqual((128, 128), (report.Input!.Width, report.Input.Height));
        StringAssert.Contains(report.Recipe.Command, "--image-size 128x128");
        StringAssert.Contains(report.Notes[0], "runs at 128 x 128");
    }

    // RT-DETR, D-FINE, DEIM: found without a name, four classes become three, the tail follows.
    [TestMethod]
    public void A_set_prediction_with_sigmoids_is_found_trained_and_saved()
    {
        var file = OtherFiles.SetPrediction(OnnxModel.Load(References.PathOf("heads", "detr.onnx")), "pred_logits",
            "pred_boxes", 4, 8);
        var report = DetectorInspection.Of(file);
        Assert.AreEqual(("pred_logits", "pred_boxes", 8, 4), (report.Queries!.ClassValue, report.Queries.BoxValue,
            report.Queries.Queries, report.Queries.Classes));
        Assert.AreEqual("--model detr.onnx --lr 0.0002 --train train.json --test test.json --images images", report.Recipe.Command);
        var detector = new DetectorImport { Classes = HeadExport.Classes }.Apply(file);
        Assert.IsTrue(((DetrHead)detector.Head).Sigmoid);
        Assert.AreEqual(3, detector.ClassColumns);
        var result = HeadExport.Train(detector, 60, 3e-3f);
        Assert.IsLessThan(result.History[0].Terms["l1"] * 0.7f, result.History[^1].Terms["l1"]);
        result.Detector.Save(File("set.onnx"));
        Meets(DetectorModel.Load(File("set.onnx")));
    }

    // The file's own labels, boxes and scores are those that are detected.
    private static void Meets(DetectorModel model)
    {
        var file = model.Model;
        CollectionAssert.AreEqual(new[] { "labels", "boxes", "scores" }, file.OutputNames.ToArray());
        var picture = HeadExport.Decoded()[0];
        var planes = new float[3 * 64 * 64];
        model.Normalization.Write(picture, planes);
        var own = Subgraph.Run(file, new Dictionary<string, Tensor>
        {
            ["images"] = Tensor.Of<float>(new(1, 3, 64, 64), planes),
        }, file.OutputNames);
        using var detector = new Detector(model, 1);
        var found = detector.Detect([picture])[0];
        var (labels, scores) = (own["labels"].Values<long>().ToArray(), own["scores"].Values<float>().ToArray());
        for (var i = 0; i < 8; i++)
        {
            Assert.AreEqual(scores[i], found[i].Score, 1e-5f);
            Assert.AreEqual(labels[i], found[i].Class, $"label {i}");
            Assert.AreEqual(Math.Clamp(own["boxes"].Values<float>()[4 * i + 2], 0, 64), found[i].Box.X1, 1e-2f);
        }
    }

    private static IReadOnlyList<DetectedObject[]> Detections(DetectorModel model)
    {
        using var detector = new Detector(model, 4);
        return detector.Detect(HeadExport.Decoded());
    }

    private static void Same(IEnumerable<ValueInfoProto> expected, IEnumerable<ValueInfoProto> found) =>
        CollectionAssert.AreEqual(expected.ToArray(), found.ToArray());
}
