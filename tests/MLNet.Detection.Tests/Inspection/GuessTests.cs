using MLNet.Detection.Builtin;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using MLNet.Detection.Tests.Heads;
using MLNet.Detection.Tests.Heads.Finding;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Tests.Inspection;

/// <summary>What a report guesses where a file says nothing: numbers of pixels and learning rates.</summary>
[TestClass]
public sealed class GuessTests
{
    [TestMethod]
    [DataRow(1f, "unit")]
    [DataRow(1 / 255f, "pixels")]
    public void The_size_of_the_first_weights_tells_what_pixels_are(float scale, string expected)
    {
        var model = Scaled(FamilyFile.Load("damo_yolo"), scale, layers: 1);
        var report = DetectorInspection.Of(model);
        StringAssert.Contains(report.Recipe.Command, $"--normalization {expected}");
        StringAssert.Contains(string.Join('\n', report.Notes), "what numbers the pixels are is not in the file");
    }

    [TestMethod]
    public void Tiny_weights_take_small_steps()
    {
        Assert.AreEqual(0.002f, DetectorInspection.Of(FamilyFile.Load("damo_yolo")).LearningRate);
        var report = DetectorInspection.Of(Scaled(FamilyFile.Load("damo_yolo"), 0.05f, layers: 3));
        StringAssert.Contains(report.Recipe.Command, "--lr 0.00005");
        StringAssert.Contains(report.Recipe.Code, "LearningRate = 0.00005f");
    }

    [TestMethod]
    public void Few_weights_take_larger_steps()
    {
        var report = DetectorInspection.Of(FamilyFile.Load("damo_yolo"));
        StringAssert.Contains(report.Recipe.Command, "--lr 0.002");
        StringAssert.Contains(string.Join('\n', report.Notes), "thousand weights learns small objects slowly");
        Assert.AreEqual(2e-3f, HeadCase.Of("yolov8").Load().CustomaryLearningRate);
        Assert.AreEqual(2e-4f, HeadCase.Of("detr").Load().CustomaryLearningRate);
        foreach (var (size, rate) in new[] { (1f, 1e-3f), (0.09f, 1e-3f), (0.06f, 5e-5f) })
            Assert.AreEqual(rate, (new SmallDetector { Classes = ["a"] }.Build() with { Model = Wide(size) }).CustomaryLearningRate, $"{size}");
    }

    // Layers of classes are drawn anew, in few channels with small weights, and must not be taken for those of the file.
    [TestMethod]
    [DataRow("yolov6")]
    [DataRow("yolov8_pose")]
    [DataRow("yolov10")]
    [DataRow("damo_yolo")]
    public void An_import_with_other_classes_has_the_rate_of_the_report(string name)
    {
        var rate = DetectorInspection.Of(FamilyFile.Load(name)).LearningRate;
        foreach (var classes in new[] { 1, 3, FamilyFile.Classes })
            Assert.AreEqual(rate ?? 1e-3f, FamilyFile.Import(name, classes).CustomaryLearningRate, $"{classes}");
    }

    [TestMethod]
    public void Weights_of_16_bits_speak_for_the_same_rate()
    {
        var model = FamilyFile.Load("damo_yolo");
        foreach (var weight in model.Proto.Graph.Initializer.Where(tensor => tensor.DataType == (int)ElementType.Float32).ToList())
        {
            var tensor = weight.ToTensor();
            model.Proto.Graph.Initializer.Remove(weight);
            model.Proto.Graph.Initializer.Add(
                FloatTensors.FromFloat32(tensor.Shape, tensor.Values<float>(), ElementType.Float16).ToProto(weight.Name));
        }
        Assert.AreEqual(0.002f, (new SmallDetector { Classes = ["a"] }.Build() with { Model = model }).CustomaryLearningRate);
    }

    // A layer of 102,400 weights; at a size of 1 as large as is customary.
    private static OnnxModel Wide(float size)
    {
        var graph = new GraphProto();
        graph.Node.Add(new NodeProto { OpType = "Conv", Input = { "x", "w" }, Output = { "y" } });
        graph.Initializer.Add(Tensor.Filled(new(400, 256, 1, 1), size / 16).ToProto("w"));
        return new(new() { Graph = graph });
    }

    [TestMethod]
    public void Set_predictions_take_smaller_steps() => StringAssert.Contains(
        DetectorInspection.Of(References.PathOf("heads", "detr.onnx")).Recipe.Command, "--lr 0.0002");

    // The first layers of a file with smaller weights.
    private static OnnxModel Scaled(OnnxModel model, float scale, int layers)
    {
        foreach (var conv in model.Proto.Graph.Node.Where(node => node.OpType == "Conv").Take(layers))
        {
            var weight = model.Proto.Graph.Initializer.Single(tensor => tensor.Name == conv.Input[1]);
            var tensor = weight.ToTensor();
            model.Proto.Graph.Initializer.Remove(weight);
            model.Proto.Graph.Initializer.Add(Tensor.Of<float>(
                tensor.Shape, [.. tensor.Values<float>().ToArray().Select(x => x * scale)]).ToProto(weight.Name));
        }
        return model;
    }
}
