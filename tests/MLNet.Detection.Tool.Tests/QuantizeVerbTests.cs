using MLNet.Detection.Detectors;

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
    }

    [TestMethod]
    [DataRow("--ranges", "widest")]
    [DataRow("--ranges", "percentile:10")]
    [DataRow("--activations", "int4")]
    [DataRow("--pictures", "0")]
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
