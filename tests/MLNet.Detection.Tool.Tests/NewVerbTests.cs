using System.Xml.Linq;
using MLNet.Detection.Tool.Projects;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Tests;

[TestClass]
public sealed class NewVerbTests
{
    [TestMethod]
    public void A_project_refers_to_the_packages_of_the_tools_versions()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(0, New(folder, "--data", folder.Shapes.Train));
        CollectionAssert.AreEquivalent(
            new[] { "Finder.csproj", "Program.cs", "Finder.training.cs", "Finder.evaluate.cs", "Finder.consumption.cs" },
            Directory.GetFiles(folder.At("Finder")).Select(Path.GetFileName).ToArray());
        var packages = XDocument.Load(folder.At("Finder/Finder.csproj")).Descendants("PackageReference")
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);
        var props = XDocument.Load(ToolFolder.Repository("Directory.Packages.props"));
        Assert.AreEqual(props.Descendants("OnnxRuntimeVersion").Single().Value, packages["Microsoft.ML.OnnxRuntime"]);
        Assert.AreEqual(XDocument.Load(ToolFolder.Repository("Directory.Build.props")).Descendants("Version").Single().Value,
            packages["MLNet.Detection"]);
        foreach (var file in Directory.GetFiles(folder.At("Finder")))
            Assert.DoesNotContain("{{", File.ReadAllText(file), file);
        Assert.AreEqual(1, New(folder, "--data", folder.Shapes.Train), "a folder with files is left alone");
    }

    [TestMethod]
    public void A_data_set_for_measuring_is_used_and_otherwise_pictures_are_held_out()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(0, New(folder, "--data", folder.Shapes.Train, "--test", folder.Shapes.Test));
        var training = File.ReadAllText(folder.At("Finder/Finder.training.cs"));
        StringAssert.Contains(training, $"TestData = @\"{folder.Shapes.Test}\"");
        StringAssert.Contains(training, $"Pictures = @\"{folder.Shapes.Images}\"");
        Directory.Delete(folder.At("Finder"), recursive: true);
        Assert.AreEqual(0, New(folder, "--data", folder.Shapes.Train));
        training = File.ReadAllText(folder.At("Finder/Finder.training.cs"));
        Assert.DoesNotContain("TestData", training);
        StringAssert.Contains(training, "i % 5 == 0");
    }

    [TestMethod]
    public void Parts_of_a_data_set_are_found()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(0, ToolFolder.Run("convert", $"train={folder.Shapes.Train}", $"val={folder.Shapes.Test}", "--images",
            folder.Shapes.Images, "--to", "yolo", "--output", folder.At("yolo"), "--copy-images"));
        Assert.AreEqual(new ProjectData(folder.At("yolo"), "train", folder.At("yolo"), "val", null),
            ProjectData.Of(folder.At("yolo"), null, null));
    }

    [TestMethod]
    [DataRow("version-RFB-320.onnx", "VersionRFB320")]
    [DataRow("model.onnx", "Model")]
    [DataRow("320.onnx", "Detector320")]
    [DataRow("---.onnx", "DetectorNet")]
    [DataRow("detector.onnx", "DetectorNet")]
    [DataRow("system.onnx", "SystemNet")]
    public void Names_are_made_of_the_models(string model, string name) =>
        Assert.AreEqual(name, ProjectName.Of(null, model));

    [TestMethod]
    [DataRow("a b")]
    [DataRow("1a")]
    [DataRow("")]
    [DataRow("../a")]
    [DataRow("class")]
    [DataRow("record")]
    [DataRow("Program")]
    [DataRow("System")]
    [DataRow("Detector")]
    [DataRow("Train")]
    [DataRow("Found")]
    public void Names_that_are_none_are_refused(string name) =>
        Assert.ThrowsExactly<ArgumentException>(() => ProjectName.Of(name, "model.onnx"));

    /// <summary>The folder can be copied as it is printed; what a user can put right ends the program in one line.</summary>
    [TestMethod]
    public void What_is_printed_can_be_copied()
    {
        Assert.AreEqual("a/b-c_1.json", ShellWord.Of("a/b-c_1.json"));
        var quoted = OperatingSystem.IsWindows() ? "\"with (a&b)\"" : "'with (a&b)'";
        Assert.AreEqual(quoted, ShellWord.Of("with (a&b)"));
        if (!OperatingSystem.IsWindows())
            Assert.AreEqual("'it'\\''s'", ShellWord.Of("it's"));
        using var folder = new ToolFolder();
        Assert.AreEqual(0, New(folder, "--data", folder.Shapes.Train));
        var program = File.ReadAllText(folder.At("Finder/Program.cs"));
        StringAssert.Contains(program, "Console.Error.WriteLine($\"error: {error.Message}\")");
        StringAssert.Contains(program, "return 1;");
    }

    private static int New(ToolFolder folder, params string[] data) => ToolFolder.Run(["new", "--model", folder.Model,
        "--images", folder.Shapes.Images, "--name", "Finder", "--output", folder.At("Finder"), .. data]);
}
