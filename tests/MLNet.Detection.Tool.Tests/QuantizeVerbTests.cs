using MLNet.Detection.Detectors;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tool.Tests;

[TestClass]
public sealed class QuantizeVerbTests
{
    [TestMethod]
    public void A_file_of_whole_numbers_is_written_and_loads_again()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(0, Run(folder, "--max-drop", "1", "--ranges", "percentile:99.9"));
        var operators = DetectorModel.Load(folder.At("int8.onnx")).Model.Proto.Graph.Node.Select(node => node.OpType).ToList();
        Assert.Contains("QuantizeLinear", operators);
        Assert.IsLessThan(0.6 * new FileInfo(folder.Model).Length, new FileInfo(folder.At("int8.onnx")).Length);
        Assert.AreEqual(1, Run(folder, "--max-drop", "1"), "a file that exists stays");
        Assert.AreEqual(0, Run(folder, "--max-drop", "1", "--overwrite"));
        var model = File.ReadAllBytes(folder.Model);
        Assert.AreEqual(1, ToolFolder.Run("quantize", "--model", folder.Model, "--data", folder.Shapes.Test, "--images",
            folder.Shapes.Images, "--max-drop", "1", "--output", folder.Model, "--overwrite"), "the float network stays");
        Assert.IsTrue(model.AsSpan().SequenceEqual(File.ReadAllBytes(folder.Model)));
    }

    [TestMethod]
    public void Reduced_weights_take_half_of_the_numbers()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(0, Run(folder, "--max-drop", "1", "--reduced-weights"));
        var weights = DetectorModel.Load(folder.At("int8.onnx")).Model.Initializers.Values.Select(value => value.ToTensor())
            .Where(tensor => tensor.Type == ElementType.Int8 && tensor.Shape.Rank > 1).ToList();
        Assert.IsNotEmpty(weights);
        Assert.AreEqual(64, weights.Max(tensor => tensor.Values<sbyte>().ToArray().Max(q => Math.Abs((int)q))));
    }

    [TestMethod]
    public void A_repair_follows_the_floats_and_learns_ranges()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(0, Run(folder, "--max-drop", "1", "--equalize", "--repair", "1", "--repair-ranges", "learnt", "--distill", "2",
            "--distill-features", "0.5"));
        Assert.Contains("QuantizeLinear", DetectorModel.Load(folder.At("int8.onnx")).Model.Proto.Graph.Node.Select(node => node.OpType).ToList());
    }

    [TestMethod]
    public void A_segmentation_network_is_written_and_evaluated()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(0, ToolFolder.Run("train", "--task", "segment", "--demo-images", "8", "--epochs", "1", "--image-size", "64x64",
            "--output", folder.At("run")));
        Assert.AreEqual(0, ToolFolder.Run("quantize", "--model", folder.At("run/model.onnx"), "--data", folder.At("run/data"),
            "--pictures", "4", "--max-drop", "1", "--repair", "1", "--output", folder.At("whole.onnx")));
        Assert.Contains("QuantizeLinear", SegmenterModel.Load(folder.At("whole.onnx")).Model.Proto.Graph.Node.Select(node => node.OpType).ToList());
        Assert.AreEqual(0, ToolFolder.Run("evaluate", folder.At("run/data"), folder.At("whole.onnx"), "--split", "test"));
    }

    [TestMethod]
    [DataRow("--ranges", "widest")]
    [DataRow("--ranges", "percentile:10")]
    [DataRow("--activations", "int4")]
    [DataRow("--pictures", "0")]
    [DataRow("--repair-ranges", "wide")]
    public void What_cannot_be_is_refused_and_nothing_is_written(string option, string value)
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(1, Run(folder, option, value));
        Assert.IsFalse(File.Exists(folder.At("int8.onnx")));
    }

    private static int Run(ToolFolder folder, params string[] options) => ToolFolder.Run(
        ["quantize", "--model", folder.Model, "--data", folder.Shapes.Test, "--images", folder.Shapes.Images,
            "--output", folder.At("int8.onnx"), .. options]);
}
