using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Builtin;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Estimators;
using OnnxGraphs.Graphs;
using OnnxGraphs.Inspection;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Inspection;

[TestClass]
public sealed class DetectorInspectionTests
{
    [TestMethod]
    public void The_small_detector_has_backbone_neck_and_heads()
    {
        var detector = new SmallDetector { Classes = ["a", "b"], Width = 64, Height = 64 }.Build();
        var report = DetectorInspection.Of(detector.Model);
        Assert.IsEmpty(report.Problems);
        Assert.AreEqual(("class_logits", "box_deltas"),
            (report.Model.Heads!.Classes.Value, report.Model.Heads.Boxes.Value));
        CollectionAssert.AreEquivalent(
            new[] { ModelPart.Backbone, ModelPart.Neck, ModelPart.Head, ModelPart.Tail },
            report.Model.Blocks.Select(block => block.Part).Distinct().ToArray());
        Assert.AreEqual(HeadKind.RetinaNet, report.Head!.Kind);
        CollectionAssert.AreEqual(new[] { new GridSize(8, 8), new(4, 4), new(2, 2) }, report.Maps.ToArray());
        Assert.AreEqual(report.Model.TrainableParameters, report.Model.Blocks.Sum(block => block.Parameters));
        Assert.HasCount(detector.Anchors.Count, report.TailAnchors!.Anchors);
    }

    [TestMethod]
    public void UltraFace_holds_its_own_anchors()
    {
        var report = DetectorInspection.Of(Shared.File("models/ultraface/version-RFB-320.onnx"));
        Assert.IsEmpty(report.Problems);
        Assert.AreEqual(HeadKind.Ssd, report.Head!.Kind);
        CollectionAssert.AreEqual(new[] { 3, 2, 2, 3 }, report.AnchorsPerCell.ToArray());
        var fit = report.Schemes.Single(fit => fit.Fits);
        Assert.AreEqual(("ultraface", 4420), (fit.Known.Name, fit.Count));
        Assert.IsLessThan(0.01f, fit.Distance!.Value);
        Assert.IsNull(report.Scheme);
        Assert.IsEmpty(report.Recipe.Missing);
        var text = report.ToString();
        StringAssert.Contains(text, "variances 0.1, 0.1, 0.2, 0.2");
        StringAssert.Contains(text, "mlnet-detect train --model version-RFB-320.onnx");
    }

    [TestMethod]
    public void Full_ssdlite_is_understood_with_its_suppression()
    {
        var report = DetectorInspection.Of(Shared.File("models/ssdlite320_mobilenet_v3_large_full.onnx"));
        Assert.IsEmpty(report.Problems);
        Assert.AreEqual(Normalization.Unit, report.Front!.InputRange);
        Assert.AreEqual(BoxCoder.Ssd, report.TailAnchors!.Coder);
        Assert.IsLessThan(0.01f, report.Schemes.Single(fit => fit.Fits).Distance!.Value);
        CollectionAssert.AreEqual(
            new[]
            {
                "decoded boxes of chosen places", "class scores (Softmax) of chosen places",
                "labels, counts or indices",
            },
            report.Model.Outputs.Select(output => output.Meaning).ToArray());
        // Nothing has to be said of this file: the recipe names the model and the data alone.
        Assert.AreEqual("--model ssdlite320_mobilenet_v3_large_full.onnx --train train.json --test test.json "
            + "--images images", report.Recipe.Command);
    }

    [TestMethod]
    public void Raw_heads_are_given_the_scheme_that_fits()
    {
        var report = DetectorInspection.Of(Shared.File("models/ssdlite320_mobilenet_v3_large_c4.onnx"));
        Assert.IsEmpty(report.Problems);
        Assert.AreEqual("ssdlite320", report.Scheme!.Name);
        StringAssert.Contains(report.Recipe.Code, "AnchorScheme = SsdAnchors.SsdLite320,");
        StringAssert.Contains(report.Recipe.Code, "HasBackground = true,");
        StringAssert.Contains(report.Recipe.Command, "--loss multibox --anchor-scheme ssdlite320");
    }

    // What is printed is what the import needs: the same options give a detector of that head.
    [TestMethod]
    [DataRow("fcos", "--head fcos --objectness-output bbox_ctrness --lr 0.002")]
    [DataRow("yolox", "--head yolox --class-output output --lr 0.002")]
    [DataRow("yolo", "--head yolo --class-output output --lr 0.002")]
    [DataRow("yolov8", "--head yolov8 --class-output output0 --lr 0.002")]
    [DataRow("detr", "--head detr --box-output pred_boxes --lr 0.0002")]
    public void Commands_name_the_head(string file, string options)
    {
        var report = DetectorInspection.Of(References.PathOf("heads", file + ".onnx"));
        Assert.IsEmpty(report.Problems);
        Assert.IsEmpty(report.Recipe.Missing);
        Assert.AreEqual(file, $"{report.Head!.Kind}".ToLowerInvariant());
        StringAssert.Contains(report.Recipe.Command, $"--model {file}.onnx {options} --train");
    }

    // The same maps as FCOS, but what the third one is called makes it YOLOX with an output for each.
    [TestMethod]
    public void Yolox_with_an_output_for_each_value_is_named_with_all_three()
    {
        var model = OnnxModel.Load(References.PathOf("heads", "fcos.onnx"));
        model.Producers["bbox_ctrness"].Output[0] = "objectness";
        model.Proto.Graph.Output.Single(output => output.Name == "bbox_ctrness").Name = "objectness";
        var recipe = DetectorInspection.Of(model).Recipe;
        StringAssert.Contains(recipe.Command,
            "--head yolox --objectness-output objectness --class-output cls_logits --box-output bbox_regression");
        var detector = new DetectorImport
        {
            Classes = ["a", "b"], Head = new YoloxHead { ObjectnessOutput = "objectness" }, ClassOutput = "cls_logits",
            BoxOutput = "bbox_regression",
        }.Apply(model);
        Assert.HasCount(84, detector.Anchors);
    }

    [TestMethod]
    public void An_open_image_size_is_guessed_and_goes_into_the_recipe()
    {
        var model = OnnxModel.Load(References.PathOf("13_training", "tiny_retinanet.onnx"));
        foreach (var dim in model.Proto.Graph.Input[0].Type.TensorType.Shape.Dim.Skip(2))
            dim.DimParam = "side";
        var open = DetectorInspection.Of(model);
        Assert.IsTrue(open.Notes.Any(note => note.Contains("leaves the image size open")), string.Join('\n', open.Notes));
        StringAssert.Contains(open.Recipe.Command, $"--image-size {open.Input!.Width}x{open.Input.Height}");
        var sized = DetectorInspection.Of(model, (32, 32));
        Assert.AreEqual("cls_logits", sized.Model.Heads!.Classes.Value);
        StringAssert.Contains(sized.Recipe.Command, "--image-size 32x32");
        StringAssert.Contains(sized.Recipe.Code, "ImageSize = (32, 32),");
    }

    // A softmax over all channels of the one picture would run over those of two.
    [TestMethod]
    public void A_file_of_one_picture_at_a_time_is_said_to_be_one()
    {
        var model = OnnxModel.Load(References.PathOf("13_training", "tiny_retinanet.onnx"));
        StringAssert.Contains(DetectorInspection.Of(model).ToString(), "colours first, batches");
        var graph = model.Proto.Graph;
        var first = graph.Node.First(node => node.OpType == "Conv");
        var input = ImageInput.Read(model);
        var shape = Subgraph.Run(model, new Dictionary<string, Tensor> { [input.Name] = Tensor.Of<float>(input.Shape, new float[input.Shape.Size]) }, [first.Output[0]])
            .Values.Single().Shape;
        graph.Initializer.Add(Tensor.Vector<long>(shape[1], shape[2] * shape[3]).ToProto("rows"));
        graph.Initializer.Add(Tensor.Vector<long>([.. shape]).ToProto("map"));
        NodeProto[] nodes =
        [
            new() { OpType = "Reshape", Input = { "maps", "rows" }, Output = { "flat" } },
            new() { OpType = "Softmax", Input = { "flat" }, Output = { "shares" } },
            new() { OpType = "Reshape", Input = { "shares", "map" }, Output = { first.Output[0] } },
        ];
        nodes[1].Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int });
        first.Output[0] = "maps";
        foreach (var (i, node) in nodes.Index())
            graph.Node.Insert(graph.Node.IndexOf(first) + 1 + i, node);
        model = new(model.Proto, model.Path);
        var report = DetectorInspection.Of(model);
        StringAssert.Contains(report.ToString(), "colours first, one at a time");
        Assert.IsTrue(report.Notes.Any(note => note.Contains("a batch of one picture")), string.Join('\n', report.Notes));
        var detector = new DetectorImport
        {
            Classes = ["a"], ClassOutput = "cls_logits", BoxOutput = "bbox_regression", HasBackground = false,
            Anchors = TinyDetector.Anchors, Normalization = Normalization.Unit,
        }.Apply(model);
        using var scorer = new Detector(detector, 4);
        Assert.AreEqual(1, scorer.BatchSize);
    }

    [TestMethod]
    public void A_detector_of_grey_pictures_is_a_problem()
    {
        var model = OnnxModel.Load(References.PathOf("13_training", "tiny_retinanet.onnx"));
        var input = model.Proto.Graph.Input[0];
        model.Proto.Graph.Initializer.Add(Tensor.Vector<long>(1, 3, 1, 1).ToProto("three"));
        model.Proto.Graph.Node.Insert(0, new NodeProto { OpType = "Expand", Input = { "grey", "three" }, Output = { input.Name } });
        input.Name = "grey";
        input.Type.TensorType.Shape.Dim[1].DimValue = 1;
        var report = DetectorInspection.Of(model);
        Assert.IsTrue(report.Problems.Any(problem => problem.Contains("one channel")), string.Join('\n', report.Problems));
        Assert.Throws<ModelException>(() => new DetectorImport { Classes = ["a"] }.Apply(model));
    }

    // As exports of YOLOv5: the axes are open, but a grid of cells was computed for one size.
    [TestMethod]
    public void A_size_that_a_file_does_not_run_at_is_named_with_one_that_it_runs_at()
    {
        var model = OnnxModel.Load(References.PathOf("13_training", "tiny_retinanet.onnx"));
        foreach (var dim in model.Proto.Graph.Input[0].Type.TensorType.Shape.Dim.Skip(2))
            dim.DimParam = "side";
        var rows = DetectorInspection.Of(model, (128, 128)).Model.Heads!.Classes.Shape![1];
        model.Proto.Graph.Initializer.Add(new Tensor(ElementType.Float32, new(rows, 1), new byte[4 * rows]).ToProto("grid"));
        model.Proto.Graph.Node.Add(new NodeProto { OpType = "Add", Input = { "cls_logits", "grid" }, Output = { "on the grid" } });
        model.Proto.Graph.Output.Add(new ValueInfoProto { Name = "on the grid" });
        Assert.IsFalse(DetectorInspection.Of(model, (128, 128)).Problems.Any(problem => problem.Contains("does not run")));
        const string message = "does not run at 64 x 64; it does at 128 x 128";
        Assert.IsTrue(DetectorInspection.Of(model, (64, 64)).Problems.Any(problem => problem.Contains(message)));
        using var folder = new TemporaryFolder();
        model.Save(folder.File("gridded.onnx"));
        var error = Assert.Throws<ModelException>(() =>
            new DetectorImport { Classes = ["a", "b"], ImageSize = (64, 64) }.Load(folder.File("gridded.onnx")));
        StringAssert.Contains(error.Message, message);
    }
}
