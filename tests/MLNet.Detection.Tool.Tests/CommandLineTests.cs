using System.CommandLine;

namespace MLNet.Detection.Tool.Tests;

[TestClass]
[DoNotParallelize] // redirects the error stream
public sealed class CommandLineTests
{
    [TestMethod]
    public void All_verbs_have_help()
    {
        var root = CommandLine.Root();
        CollectionAssert.AreEquivalent(
            new[]
            {
                "train", "predict", "evaluate", "inspect", "report", "convert", "losses", "artifacts", "quantize",
                "tune", "web", "new",
            },
            root.Subcommands.Select(verb => verb.Name).ToArray());
        foreach (var verb in root.Subcommands)
            StringAssert.Contains(Help(verb.Name), verb.Description);
    }

    [TestMethod]
    public void Help_of_train_ends_with_its_examples() =>
        StringAssert.EndsWith(Help("train").TrimEnd(), "go on with a stopped run (give its other options again)");

    [TestMethod]
    [DataRow("quantize", "--data", "none.json", "--output", "out.onnx", "--train", "none.json")]
    [DataRow("quantize", "--data", "none.json", "--output", "out.onnx", "--lr", "3")]
    [DataRow("quantize", "--data", "none.json", "--output", "out.onnx", "--repair", "-1")]
    [DataRow("quantize", "--data", "none.json", "--output", "out.onnx", "--pictures", "0")]
    [DataRow("quantize", "--data", "none.json", "--output", "out.onnx", "--max-drop", "-1")]
    [DataRow("quantize", "--data", "none.json", "--output", "out.onnx", "--max-drop", "NaN")]
    [DataRow("web", "--data", "none.json", "--output", "out", "--held-out", "-1")]
    [DataRow("web", "--data", "none.json", "--output", "out", "--pictures", "0")]
    [DataRow("predict", "picture.jpg", "--threshold", "2")]
    [DataRow("predict", "picture.jpg", "--threshold", "-0.1")]
    [DataRow("predict", "picture.jpg", "--batch", "0")]
    [DataRow("predict", "picture.jpg", "--overlap", "0.5")]
    [DataRow("predict", "picture.jpg", "--masks", "folder")]
    public void Options_that_would_do_nothing_are_refused_by_name(string verb, params string[] options)
    {
        using var folder = new ToolFolder();
        var (code, errors) = ToolFolder.RunWithErrors(
            verb == "predict" ? [verb, folder.Model, .. options] : [verb, "--model", folder.Model, .. options]);
        Assert.AreEqual(1, code);
        StringAssert.Contains(errors, options[^2]);
    }

    [TestMethod]
    public void A_page_does_not_hold_out_fewer_pictures_than_it_is_told()
    {
        using var folder = new ToolFolder();
        var (code, errors) = ToolFolder.RunWithErrors("web", "--data", folder.Shapes.Train, "--images", folder.Shapes.Images, "--output",
            folder.At("site"), "--held-out", "6");
        Assert.AreEqual(1, code);
        StringAssert.Contains(errors, "--held-out is 6; of 6 pictures at most 3 can be held out");
    }

    /// <summary>What messages name is there.</summary>
    [TestMethod]
    public void Artifacts_and_pages_are_replaced_where_it_is_said()
    {
        foreach (var line in (string[][])[["artifacts", "write", "--output", "out", "--overwrite"],
            ["web", "--data", "none.json", "--output", "out", "--overwrite"]])
            Assert.HasCount(0, CommandLine.Root().Parse(line).Errors);
    }

    [TestMethod]
    public void An_unknown_option_is_said_alone()
    {
        using StringWriter output = new(), errors = new();
        Assert.AreEqual(1, CommandLine.Invoke(["train", "--out", "folder"], new() { Output = output, Error = errors }));
        StringAssert.Contains(output.ToString() + errors, "--output");
        StringAssert.Contains(errors.ToString(), "'--out'");
        StringAssert.Contains(errors.ToString(), "mlnet-detect train --help");
        Assert.DoesNotContain("--epochs", output.ToString() + errors);
    }

    [TestMethod]
    [DataRow("train", "--model", "none.onnx")]
    [DataRow("predict", "none.onnx", "none.jpg")]
    [DataRow("predict", "none.onnx")]
    [DataRow("evaluate", "none.json", "none.json")]
    [DataRow("inspect", "none.onnx")]
    [DataRow("report", "none.json")]
    [DataRow("convert", "none.json", "--to", "coco", "--output", "none")]
    [DataRow("artifacts", "finish", "--artifacts", "none", "--output", "none.onnx")]
    [DataRow("new", "--model", "none.onnx", "--data", "none.json")]
    [DataRow("sing")]
    [DataRow("train", "--sing")]
    public void What_cannot_be_done_ends_with_code_1(params string[] line)
    {
        using var folder = new ToolFolder();
        var output = line[0] == "train" ? new[] { "--output", folder.At("run") } : [];
        Assert.AreEqual(1, ToolFolder.Run([.. line, .. output]));
    }

    private static string Help(string verb)
    {
        using var output = new StringWriter();
        Assert.AreEqual(0, CommandLine.Root().Parse([verb, "--help"]).Invoke(new() { Output = output }));
        return output.ToString();
    }
}
