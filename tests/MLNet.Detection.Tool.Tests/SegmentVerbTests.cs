using System.Text.Json.Nodes;
using MLNet.Detection.Data;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Tool.Tests;

/// <summary>Classes of pixels, from the data to pictures with masks.</summary>
[TestClass]
public sealed class SegmentVerbTests
{
    [TestMethod]
    public void Trains_predicts_and_evaluates()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(0, ToolFolder.Run("train", "--task", "segment", "--demo-images", "8", "--epochs", "1", "--image-size", "64x64",
            "--loss", "dice+focal:0.5", "--augment", "flip", "turn", "--output", folder.At("run")));
        var metrics = JsonNode.Parse(File.ReadAllText(folder.At("run/metrics.json")))!;
        Assert.HasCount(5, metrics["classes"]!.AsArray());
        Assert.IsNotNull(metrics["MeanIoU"]);
        foreach (var (name, _) in metrics.AsObject().TakeWhile(number => number.Key != "classes"))
            CollectionAssert.Contains(Tuning.MetricNames.Segment.ToArray(), name);
        StringAssert.Contains(File.ReadAllText(folder.At("run/report.html")), "Classes of pixels");
        StringAssert.Contains(File.ReadAllLines(folder.At("run/log.csv"))[0], "dice,softmaxfocal");

        var picture = Directory.GetFiles(folder.At("run/data/images"))[0];
        Assert.AreEqual(0, ToolFolder.Run("predict", folder.At("run/model.onnx"), picture, "--masks", folder.At("masks"), "--boxes",
            folder.At("over"), "--coco", folder.At("found.json"), "--json", folder.At("list.json")));
        var mask = LabelPng.ReadFile(Directory.GetFiles(folder.At("masks")).Single());
        Assert.AreEqual((192, 192), (mask.Width, mask.Height));
        Assert.HasCount(1, Directory.GetFiles(folder.At("over")));
        Assert.HasCount(1, CocoDataset.Load(folder.At("found.json"), folder.At("run/data/images")).Images);
        Assert.AreEqual(192, (int)JsonNode.Parse(File.ReadAllText(folder.At("list.json")))![0]!["width"]!);

        // a.jpg and a.png have one mask.
        File.Copy(picture, Path.Combine(Directory.CreateDirectory(folder.At("two")).FullName, "a.jpg"));
        File.Copy(picture, folder.At("two/a.png"));
        Assert.AreEqual(1, ToolFolder.Run("predict", folder.At("run/model.onnx"), folder.At("two"), "--masks", folder.At("two-masks")));
        Assert.IsFalse(Directory.Exists(folder.At("two-masks")));
        Assert.AreEqual(1, ToolFolder.Run("predict", folder.At("run/model.onnx"), folder.At("two"), "--masks", folder.At("two"),
            "--overwrite"));
        CollectionAssert.AreEqual(File.ReadAllBytes(picture), File.ReadAllBytes(folder.At("two/a.png")));

        Assert.AreEqual(0, ToolFolder.Run("evaluate", folder.At("run/data"), folder.At("run/model.onnx"), "--split", "test", "--json",
            folder.At("again.json"), "--html", folder.At("again.html")));
        Assert.AreEqual((double)metrics["MeanIoU"]!, (double)JsonNode.Parse(File.ReadAllText(folder.At("again.json")))!["MeanIoU"]!, 1e-12);
    }

    /// <summary>Masks as polygons, and these as masks again: the same numbers.</summary>
    [TestMethod]
    [DataRow("coco", "b/b.json")]
    [DataRow("labelme", "b")]
    [DataRow("yolo", "b")]
    public void Converts_masks_to_outlines_and_back(string format, string path)
    {
        using var folder = new ToolFolder();
        ShapesGenerator.Write(folder.At("a"), new() { Width = 64, Height = 48, Train = 3, Val = 0, Test = 2, Masks = true });
        Assert.AreEqual(0, ToolFolder.Run("convert", folder.At("a"), "--from", "masks", "--split", "train", "--to", format, "--output",
            folder.At(path), "--copy-images"));
        string[] pictures = format == "coco" ? ["--images", folder.At("a/images")] : [];
        Assert.AreEqual(0, ToolFolder.Run(["convert", folder.At(path), .. pictures, "--to", "masks", "--output", folder.At("c"),
            "--copy-images"]));
        var files = Directory.GetFiles(folder.At("c/masks"), "*", SearchOption.AllDirectories);
        Assert.HasCount(3, files);
        // LabelMe keeps no list of classes: their numbers are new.
        int[] Of(string file) => [.. LabelPng.ReadFile(file).Numbers.Select(number => format == "labelme" ? Math.Min((int)number, 1) : number)];
        foreach (var file in files)
            CollectionAssert.AreEqual(Of(folder.At($"a/masks/{Path.GetFileName(file)}")), Of(file));
        Assert.HasCount(3, MaskFormat.Detect(folder.At("c")).Load(folder.At("c")).Images);
    }

    [TestMethod]
    public void Says_what_does_not_fit()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(1, ToolFolder.Run("train", "--task", "segment", "--loss", "nothing", "--output", folder.At("run")));
        Assert.AreEqual(1, ToolFolder.Run("train", "--task", "segment", "--head", "ssd", "--output", folder.At("run")));
        Assert.AreEqual(1, ToolFolder.Run("train", "--task", "segment", "--train", folder.At("nowhere"), "--output", folder.At("run")));
        Assert.IsFalse(Directory.Exists(folder.At("run")));
        // Boxes alone tell nothing of pixels.
        Assert.AreEqual(1, ToolFolder.Run("train", "--task", "segment", "--train", folder.Shapes.Train, "--images",
            folder.Shapes.Images, "--output", folder.At("run")));
    }
}
