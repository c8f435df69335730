using MLNet.Detection.Data;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Tool.Tests;

/// <summary>Data whose classes are not those of the network that is measured with it.</summary>
[TestClass, DoNotParallelize]
public sealed class OtherClassesTests
{
    [TestMethod]
    public void Masks_without_a_class_of_the_network_are_refused()
    {
        using var folder = new ToolFolder();
        Cells(folder);
        foreach (var line in new[] { Evaluate(folder), Quantize(folder) })
        {
            var (code, errors) = ToolFolder.RunWithErrors(line);
            Assert.AreEqual(1, code);
            foreach (var part in new[] { folder.At("cells"), folder.At("run/model.onnx"), "(object)", "--classes cell", "--objects" })
                StringAssert.Contains(errors, part);
            Assert.IsFalse(File.Exists(folder.At("whole.onnx")));
            (code, errors) = ToolFolder.RunWithErrors([.. line, "--classes", "cell", "--objects"]);
            Assert.AreEqual(0, code, errors);
            Assert.DoesNotContain("classes that the network does not", errors);
        }
    }

    [TestMethod]
    public void Masks_with_some_classes_of_the_network_are_measured_and_the_others_said()
    {
        using var folder = new ToolFolder();
        Cells(folder, largest: 2);
        foreach (var line in new[] { Evaluate(folder), Quantize(folder) })
        {
            var (code, errors) = ToolFolder.RunWithErrors([.. line, "--classes", "cell", "wall"]);
            Assert.AreEqual(0, code, errors);
            StringAssert.Contains(errors, $"{folder.At("cells")} has classes that the network does not: wall;");
        }
        var (refused, why) = ToolFolder.RunWithErrors([.. Quantize(folder), "--classes", "cell", "wall", "--repair", "1", "--overwrite"]);
        Assert.AreEqual(1, refused);
        StringAssert.Contains(why, "its masks have the classes cell, wall, but");
        StringAssert.Contains(why, "leave out --repair");
    }

    [TestMethod]
    public void Boxes_of_classes_that_the_detector_lacks_are_said_where_it_is_measured_and_refused_where_it_learns()
    {
        using var folder = new ToolFolder();
        var stars = folder.At("stars.json");
        File.WriteAllText(stars, File.ReadAllText(folder.Shapes.Test).Replace("\"circle\"", "\"star\""));
        string[] Line(string data) => ["quantize", "--model", folder.Model, "--data", data, "--images", folder.Shapes.Images, "--max-drop",
            "1", "--overwrite", "--output", folder.At("whole.onnx")];
        foreach (var line in new[] { Line(stars), [.. Line(folder.Shapes.Test), "--test", stars] })
        {
            var (code, errors) = ToolFolder.RunWithErrors(line);
            Assert.AreEqual(0, code, errors);
            StringAssert.Contains(errors, $"{stars} has classes that the detector does not: star (");
        }
        File.Delete(folder.At("whole.onnx"));
        foreach (var line in new[] { Line(stars), [.. Line(folder.Shapes.Test), "--train", stars] })
        {
            var (code, errors) = ToolFolder.RunWithErrors([.. line, "--repair", "1"]);
            Assert.AreEqual(1, code, errors);
            foreach (var part in new[] { stars, folder.Model, "star (", "--repair", "--train" })
                StringAssert.Contains(errors, part);
        }
        Assert.IsFalse(File.Exists(folder.At("whole.onnx")));
    }

    private static string[] Evaluate(ToolFolder folder) => ["evaluate", folder.At("cells"), folder.At("run/model.onnx")];

    private static string[] Quantize(ToolFolder folder) => ["quantize", "--model", folder.At("run/model.onnx"), "--data",
        folder.At("cells"), "--max-drop", "1", "--output", folder.At("whole.onnx")];

    // Pictures with a number for each object, and a network of them.
    private static void Cells(ToolFolder folder, int largest = int.MaxValue)
    {
        ShapesGenerator.Write(folder.At("shapes2"), new() { Width = 64, Height = 64, Train = 3, Val = 0, Test = 1, Masks = true });
        foreach (var part in new[] { "images", "masks" })
            Directory.CreateDirectory(folder.At($"cells/{part}"));
        foreach (var picture in Directory.GetFiles(folder.At("shapes2/images")))
        {
            File.Copy(picture, folder.At($"cells/images/{Path.GetFileName(picture)}"));
            var name = Path.ChangeExtension(Path.GetFileName(picture), ".png");
            var stored = LabelPng.ReadFile(folder.At($"shapes2/masks/{name}"));
            var objects = Array.ConvertAll(stored.Numbers, number => (ushort)Math.Min(number, largest));
            File.WriteAllBytes(folder.At($"cells/masks/{name}"), LabelPngWriter.Instances(
                new(stored.Width, stored.Height, new byte[objects.Length]) { Instances = objects }));
        }
        Assert.AreEqual(0, ToolFolder.Run("train", "--task", "segment", "--objects", "--classes", "cell", "--train", folder.At("cells"),
            "--epochs", "1", "--image-size", "64x64", "--output", folder.At("run")));
    }
}
