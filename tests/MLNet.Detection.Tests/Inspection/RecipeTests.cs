using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Inspection;
using MLNet.Detection.Tests.Data;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Inspection;

/// <summary>The program in a report, compiled and run as it stands there.</summary>
[TestClass]
public sealed class RecipeTests
{
    [TestMethod]
    public void The_program_tunes_the_file()
    {
        using var folder = new TemporaryFolder();
        var shapes = ShapesGenerator.Write(
            folder.File("data"), new() { Width = 64, Height = 64, Train = 4, Val = 0, Test = 2 });
        new SmallDetector { Classes = ["a"], Width = 64, Height = 64 }.Build().Model.Save(folder.File("small.onnx"));
        var code = DetectorInspection.Of(folder.File("small.onnx")).Recipe.Code;
        // Paths of the test in the place of the user's, and one epoch.
        foreach (var (name, path) in new[]
        {
            ("train.json", shapes.Train), ("test.json", shapes.Test!), ("images", shapes.Images),
            ("small.onnx", folder.File("small.onnx")), ("tuned.onnx", folder.File("tuned.onnx")),
        })
            code = code.Replace($"\"{name}\"", $"@\"{path}\"");
        Compile(code.Replace("epochs: 20", "epochs: 1")).EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        var tuned = DetectorModel.Load(folder.File("tuned.onnx"));
        CollectionAssert.AreEqual(
            ShapesGenerator.Categories.Select(category => category.Name).ToArray(), tuned.Classes.ToArray());
        CollectionAssert.AreEqual(OnnxModel.Load(folder.File("small.onnx")).OutputNames.ToArray(),
            tuned.Model.OutputNames.ToArray());
    }

    // A two-stage detector needs no word beyond its file.
    [TestMethod]
    [DataRow("pyramid", "from 24 pixels on")]
    [DataRow("one_map", "overlap of two at most 0.7")]
    [DataRow("masks", "'masks' alone")]
    [DataRow("keypoints", "'keypoints', 'keypoint_scores' alone")]
    public void Two_stage_files_are_told_and_tuned(string file, string fact)
    {
        using var folder = new TemporaryFolder();
        var shapes = ShapesGenerator.Write(
            folder.File("data"), new() { Width = 64, Height = 64, Train = 3, Val = 0, Test = 2 });
        var path = References.PathOf("two_stage", file + ".onnx");
        var report = DetectorInspection.Of(path, (64, 64));
        Assert.AreEqual(HeadKind.TwoStage, report.Head!.Kind);
        Assert.IsEmpty(report.Problems);
        Assert.IsEmpty(report.Recipe.Missing);
        StringAssert.Contains(string.Join(' ', report.ToString().Split((char[]?)null,
            StringSplitOptions.RemoveEmptyEntries)), fact);
        StringAssert.Contains(InspectionJson.Write(report), "TwoStage");
        StringAssert.Contains(InspectionReport.Render(report), "TwoStage");
        if (file is not ("pyramid" or "one_map"))
            return;
        var code = report.Recipe.Code;
        foreach (var (name, at) in new[]
        {
            ("train.json", shapes.Train), ("test.json", shapes.Test!), ("images", shapes.Images),
            (file + ".onnx", path), ("tuned.onnx", folder.File("tuned.onnx")),
        })
            code = code.Replace($"\"{name}\"", $"@\"{at}\"");
        Compile(code.Replace("epochs: 20", "epochs: 1")).EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        Assert.HasCount(4, DetectorModel.Load(folder.File("tuned.onnx")).Classes);
    }

    // Other heads and options: their programs compile.
    [TestMethod]
    [DataRow("heads/fcos.onnx", "FcosHead")]
    [DataRow("heads/yolox.onnx", "YoloxHead")]
    [DataRow("heads/yolo.onnx", "YoloHead")]
    [DataRow("heads/yolov8.onnx", "Yolov8Head")]
    [DataRow("heads/detr.onnx", "DetrHead")]
    [DataRow("13_training/tiny_retinanet.onnx", "Normalization.Unit, // a guess")]
    public void Programs_of_all_heads_compile(string file, string named)
    {
        var recipe = DetectorInspection.Of(References.PathOf(file.Split('/')[0], file.Split('/')[1])).Recipe;
        StringAssert.Contains(recipe.Code, named);
        _ = Compile(recipe.Code);
    }

    // What is still to be given has its place in the command and in the program.
    [TestMethod]
    public void What_the_file_does_not_say_has_a_place_in_the_command()
    {
        var recipe = DetectorInspection.Of(References.PathOf("13_training", "tiny_retinanet.onnx")).Recipe;
        Assert.HasCount(2, recipe.Missing);
        StringAssert.Contains(recipe.Command, "--loss LOSS --anchors FILE");
        StringAssert.Contains(recipe.Code, "HasBackground = true, // not known");
        StringAssert.Contains(recipe.Code, "Anchors = AnchorFile.Load(\"anchors.csv\", AnchorFormat.XyxyPixels,");
    }

    private static Assembly Compile(string code)
    {
        const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; "
            + "global using System.Linq;";
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create("recipe", [Parse(code), Parse(Usings)],
            trusted.Select(path => MetadataReference.CreateFromFile(path)), new(OutputKind.ConsoleApplication));
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.IsTrue(result.Success, string.Join('\n', result.Diagnostics) + '\n' + code);
        stream.Position = 0;
        return new AssemblyLoadContext("recipe", isCollectible: true).LoadFromStream(stream);
    }

    private static SyntaxTree Parse(string code) =>
        CSharpSyntaxTree.ParseText(code, new(LanguageVersion.Preview));
}
