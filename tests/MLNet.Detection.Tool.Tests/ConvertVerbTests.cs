using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Tool.Tests;

[TestClass]
public sealed class ConvertVerbTests
{
    [TestMethod]
    public void A_source_is_not_replaced()
    {
        using var folder = new ToolFolder();
        Outlined(folder, "a.json", 8, 6);
        var before = File.ReadAllBytes(folder.At("a.json"));
        Refused("would be replaced", "convert", folder.At("a.json"), "--to", "coco", "--output", folder.At("a.json"), "--overwrite");
        CollectionAssert.AreEqual(before, File.ReadAllBytes(folder.At("a.json")));
        Assert.AreEqual(0, ToolFolder.Run("convert", folder.At("a.json"), "--to", "yolo", "--output", folder.At("yolo"), "--copy-images"));
        Refused("would be replaced", "convert", folder.At("yolo"), "--to", "yolo", "--output", folder.At("yolo") + "/", "--overwrite");
        Refused("would be replaced", "convert", folder.At("yolo/data.yaml"), "--to", "yolo", "--output", folder.At("yolo"), "--overwrite");
        Assert.AreEqual(0, ToolFolder.Run("convert", folder.At("a.json"), "--to", "masks", "--output", folder.At("masks"), "--copy-images"));
        Refused("would be replaced", "convert", folder.At("masks"), "--from", "masks", "--to", "masks", "--output", folder.At("masks"),
            "--overwrite");
        // Labels of another format stand beside it.
        Assert.AreEqual(0, ToolFolder.Run("convert", folder.At("yolo"), "--to", "labelme", "--output", folder.At("yolo"), "--overwrite"));
    }

    [TestMethod]
    public void Pictures_of_one_mask_are_refused_before_anything_is_written()
    {
        using var folder = new ToolFolder();
        Outlined(folder, "a.json", 8, 6, "p.png", "p.jpg");
        Refused("would be one file, p.png", "convert", folder.At("a.json"), "--to", "masks", "--output", folder.At("masks"));
        Assert.IsFalse(Directory.Exists(folder.At("masks")));
    }

    [TestMethod]
    public void A_picture_of_another_size_than_annotated_gets_no_mask()
    {
        using var folder = new ToolFolder();
        Outlined(folder, "a.json", 16, 12);
        Refused("8 x 6 pixels, annotated as 16 x 12", "convert", folder.At("a.json"), "--to", "masks", "--output", folder.At("masks"));
        Assert.IsFalse(Directory.Exists(folder.At("masks")));
    }

    /// <summary>Polygons and run lengths stay where the new format has such.</summary>
    [TestMethod]
    [DataRow("coco", "b.json")]
    [DataRow("labelme", "b")]
    [DataRow("yolo", "b")]
    public void Outlines_are_kept(string format, string path)
    {
        using var folder = new ToolFolder();
        Outlined(folder, "a.json", 8, 6);
        string[] polygons = format == "yolo" ? ["--polygons"] : [];
        var line = Said(["convert", folder.At("a.json"), "--to", format, "--output", folder.At(path), "--copy-images", .. polygons]);
        Assert.DoesNotContain("segmentations\n", line.ReplaceLineEndings("\n"));
        byte[] Classes(string file) => MaskFormat.Detect(file).Load(file).Images[0].Mask!.Read().Classes;
        CollectionAssert.AreEqual(Classes(folder.At("a.json")), Classes(folder.At(path)));
        if (format == "coco")
            Assert.AreEqual(6, (int)JsonNode.Parse(File.ReadAllText(folder.At("b.json")))!["annotations"]![1]!["segmentation"]!["size"]![0]!);
        StringAssert.Contains(Said("convert", folder.At("a.json"), "--to", "voc", "--output", folder.At("voc")), "lost: 2 segmentations");
    }

    /// <summary>What detectors learn from: a line of five numbers for each box.</summary>
    [TestMethod]
    public void Yolo_has_boxes_unless_polygons_are_wanted()
    {
        using var folder = new ToolFolder();
        Outlined(folder, "a.json", 8, 6);
        StringAssert.Contains(Said("convert", folder.At("a.json"), "--to", "yolo", "--output", folder.At("b"), "--copy-images"), "lost: 2 segmentations");
        foreach (var file in Directory.EnumerateFiles(folder.At("b"), "*.txt", SearchOption.AllDirectories).Where(file => file.Contains("labels")))
            Assert.IsTrue(File.ReadLines(file).All(line => line.Split(' ').Length == 5), file);
        Refused("--polygons is for --to yolo; coco keeps outlines without it", "convert", folder.At("a.json"), "--to", "coco", "--output",
            folder.At("c.json"), "--polygons");
    }

    [TestMethod]
    public void Numbers_of_masks_are_named_by_options()
    {
        using var folder = new ToolFolder();
        Masks(folder, 2);
        Refused("nothing says what they stand for", "convert", folder.At("set"), "--to", "coco", "--output", folder.At("a.json"));
        Assert.AreEqual(0, ToolFolder.Run("convert", folder.At("set"), "--to", "coco", "--output", folder.At("a.json"), "--classes", "one",
            "two"));
        CollectionAssert.AreEqual((string[])["one", "two"],
            CocoDataset.Load(folder.At("a.json"), folder.At("set/images")).Categories.Select(category => category.Name).ToArray());
        Assert.AreEqual(0, ToolFolder.Run("convert", folder.At("set"), "--to", "coco", "--output", folder.At("b.json"), "--objects"));
        Refused("--classes says", "convert", folder.Shapes.Train, "--images", folder.Shapes.Images, "--to", "voc", "--output",
            folder.At("voc"), "--classes", "one");
        Assert.AreEqual(1, ToolFolder.Run("convert", folder.At("set"), "--nosuch", "--to", "coco", "--output", folder.At("c.json")));
        StringAssert.Contains(CommandLine.Root().Parse(["convert", folder.At("set"), "--nosuch", "--to", "coco", "--output", "c"])
            .Errors[0].Message, "'--nosuch' is no option");
    }

    [TestMethod]
    public void Pictures_without_a_mask_are_named_and_empty_masks_refused()
    {
        using var folder = new ToolFolder();
        Masks(folder, 1);
        Picture(folder.At("set/images/bare.png"));
        foreach (var (to, path) in new[] { ("masks", "m"), ("coco", "m.json") })
            StringAssert.Contains(Said("convert", folder.At("set"), "--to", to, "--output", folder.At(path)),
                "bare.png: the picture has no mask; it is left out");
        Masks(folder, 0);
        foreach (var (to, path) in new[] { ("masks", "n"), ("coco", "n.json") })
            Refused("shows a class: all are background", "convert", folder.At("set"), "--to", to, "--output", folder.At(path));
    }

    private static void Refused(string words, params string[] line)
    {
        var (code, errors) = ToolFolder.RunWithErrors(line);
        Assert.AreEqual(1, code);
        StringAssert.Contains(errors, words);
    }

    private static string Said(params string[] line)
    {
        var before = Console.Out;
        using var said = new StringWriter();
        Console.SetOut(said);
        try
        {
            Assert.AreEqual(0, ToolFolder.Run(line));
        }
        finally
        {
            Console.SetOut(before);
        }
        return said.ToString();
    }

    // A polygon and run lengths on each picture of 8 x 6 pixels.
    private static void Outlined(ToolFolder folder, string name, int width, int height, params string[] pictures)
    {
        pictures = pictures.Length > 0 ? pictures : ["p.png"];
        foreach (var picture in pictures)
            Picture(folder.At(picture));
        object Annotation(int id, int image, int[] bbox, object segmentation) =>
            new { id, image_id = image, category_id = 1, bbox, area = bbox[2] * bbox[3], iscrowd = 0, segmentation };
        File.WriteAllText(folder.At(name), JsonSerializer.Serialize(new
        {
            images = pictures.Select((file, i) => new { id = i + 1, file_name = file, width, height }),
            categories = new[] { new { id = 1, name = "one" } },
            annotations = pictures.SelectMany((_, i) => new[]
            {
                Annotation(2 * i + 1, i + 1, [1, 1, 3, 2], new[] { new[] { 1, 1, 4, 1, 4, 3, 1, 3 } }),
                Annotation(2 * i + 2, i + 1, [6, 0, 1, 3],
                    new { size = new[] { height, width }, counts = new[] { 6 * height, 3, width * height - 6 * height - 3 } }),
            }),
        }));
    }

    // A picture with a mask of the numbers up to one.
    private static void Masks(ToolFolder folder, int most)
    {
        Picture(folder.At("set/images/a.png"));
        Directory.CreateDirectory(folder.At("set/masks"));
        File.WriteAllBytes(folder.At("set/masks/a.png"), LabelPngWriter.Classes(
            new(8, 6, [.. Enumerable.Range(0, 48).Select(i => (byte)(i < 40 ? 0 : i % (most + 1)))])));
    }

    private static void Picture(string path)
    {
        using var encoder = new ImageEncoder(path.EndsWith(".jpg", StringComparison.Ordinal) ? ImageFormat.Jpeg : ImageFormat.Png);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, encoder.Encode(RgbImage.Filled(8, 6, 10, 20, 30)));
    }
}
