using OnnxGraphs.Training;

namespace MLNet.Detection.Tool.Tests;

/// <summary>Batches by memory, and pictures of several sizes, on the command line.</summary>
[TestClass, DoNotParallelize]
public sealed class BatchAutoTests
{
    private readonly ToolFolder _folder = new();

    [TestCleanup]
    public void Clean() => _folder.Dispose();

    // What was chosen is what a run of that number does, and what a resumed run takes up.
    [TestMethod]
    public void The_chosen_batch_is_that_of_the_run()
    {
        Assert.AreEqual(0, Train("auto", "--batch", "auto", "--memory", "64GB"));
        var notes = Checkpoint.Load(_folder.At("auto/checkpoint.safetensors")).Notes;
        Assert.AreEqual("6", notes["batch_size"], "all six pictures");
        Assert.AreEqual(0, Train("six", "--batch", "6"));
        CollectionAssert.AreEqual(File.ReadAllBytes(_folder.At("six/model.onnx")), File.ReadAllBytes(_folder.At("auto/model.onnx")));
        // So little memory that a new choice would end the run.
        Assert.AreEqual(0, ToolFolder.Run([.. Line(), "--batch", "auto", "--memory", "1MB", "--resume", _folder.At("auto")]));
        StringAssert.Contains(File.ReadAllText(_folder.At("auto/report.html")), "<th>--batch</th><td>6</td>");
    }

    [TestMethod]
    public void What_does_not_fit_is_refused()
    {
        Assert.AreEqual(1, Train("none", "--batch", "auto", "--memory", "1MB"));
        Assert.AreEqual(1, Train("alone", "--memory", "1GB"));
        Assert.AreEqual(1, Train("word", "--batch", "many"));
    }

    [TestMethod]
    public void Pictures_of_several_sizes()
    {
        Assert.AreEqual(0, Train("sizes", "--batch", "3", "--multi-scale", "96,128"));
        Assert.AreEqual("96x96 128x128", Checkpoint.Load(_folder.At("sizes/checkpoint.safetensors")).Notes["picture_sizes"]);
        Assert.AreEqual(1, Train("odd", "--batch", "3", "--multi-scale", "100,128"));
    }

    private int Train(string name, params string[] more) => ToolFolder.Run([.. Line(), "--output", _folder.At(name), .. more]);

    private string[] Line() => ["train", "--train", _folder.Shapes.Train, "--images", _folder.Shapes.Images,
        "--test", _folder.Shapes.Test, "--epochs", "1"];
}
