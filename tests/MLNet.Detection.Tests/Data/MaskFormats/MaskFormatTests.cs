using System.Text.Json;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Tests.Data.MaskFormats;

[TestClass]
public class MaskFormatTests
{
    private static readonly LabelMap Map = new(4, 3, [0, 1, 1, 0, 2, 2, 0, 0, 255, 0, 0, 0])
    {
        Instances = [0, 1, 1, 0, 2, 2, 0, 0, 0, 0, 0, 0],
    };

    [TestMethod]
    public void MasksOfClassesInFolders()
    {
        using var folder = new TemporaryFolder();
        Picture(folder, "set/images/a.png");
        Picture(folder, "set/images/b.png");
        Write(folder, "set/masks/a.png", LabelPngWriter.Classes(Map));
        var data = Load(folder.File("set"), "masks", new() { Classes = ["one", "two"] });
        Assert.HasCount(1, data.Images);
        StringAssert.Contains(data.Problems[0].ToString(), "b.png: the picture has no mask");
        Same(Map with { Instances = null }, data.Images[0].Mask!.Read());
        // Several numbers without a word on them would be guessed.
        StringAssert.Contains(Message(() => Load(folder.File("set"), "masks", new())), "nothing says what they stand for");
        StringAssert.Contains(Message(() => Load(folder.File("set"), "masks", new() { Classes = ["one"] }).Images[0].Mask!.Read()),
            "row 1, column 0: the mask has the number 2, which is of no class; expected 0, 1, 255");
        File.WriteAllText(folder.File("set/classes.txt"), "one\ntwo\n");
        CollectionAssert.AreEqual((string[])["one", "two"], Names(Load(folder.File("set"), "masks", new())));
        Write(folder, "set/masks/b.png", LabelPngWriter.Classes(new(3, 3, new byte[9])));
        StringAssert.Contains(Message(() => Load(folder.File("set"), "masks", new())), "the mask is 3 x 3, its picture 4 x 3");
    }

    [TestMethod]
    [DataRow("background")]
    [DataRow("_background_")]
    [DataRow("__background__")]
    [DataRow("Background")]
    public void AListThatBeginsWithBackgroundBeginsWithNumber0(string name)
    {
        using var folder = new TemporaryFolder();
        Picture(folder, "set/images/a.png");
        Write(folder, "set/masks/a.png", LabelPngWriter.Classes(Map));
        File.WriteAllText(folder.File("set/classes.txt"), $"{name}\none\ntwo\n");
        foreach (var options in (MaskOptions[])[new(), new() { Classes = [name, "one", "two"] }])
        {
            var data = Load(folder.File("set"), "masks", options);
            CollectionAssert.AreEqual((string[])["one", "two"], Names(data));
            CollectionAssert.AreEqual(Map.Classes, data.Images[0].Mask!.Read().Classes);
        }
        // A number of no class is refused as ever.
        StringAssert.Contains(Message(() => Load(folder.File("set"), "masks", new() { Classes = [name, "one"] }).Images[0].Mask!.Read()),
            "the mask has the number 2, which is of no class");
        StringAssert.Contains(Message(() => Load(folder.File("set"), "masks", new() { Classes = [name] })), $"is '{name}'");
    }

    [TestMethod]
    public void PalettesThatNumberColoursInOtherOrders()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["a", "b"])
            Picture(folder, $"set/images/{name}.png");
        File.WriteAllText(folder.File("set/classes.txt"), "one\ntwo\n");
        byte[] numbers = [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var file = LabelPngWriter.Classes(new(4, 3, numbers));
        Write(folder, "set/masks/a.png", file);
        // Colours of numbers that no pixel has may differ.
        Write(folder, "set/masks/b.png", WithColor(file, 2, 0x123456));
        Assert.HasCount(2, Load(folder.File("set"), "masks", new()).Images);
        Write(folder, "set/masks/b.png", WithColor(file, 1, 0x123456));
        var message = Message(() => Load(folder.File("set"), "masks", new()));
        StringAssert.Contains(message, "b.png: the number 1 is the colour #123456");
        StringAssert.Contains(message, "a.png");
    }

    // A PNG with another colour in its palette; readers of masks leave check sums alone.
    private static byte[] WithColor(byte[] png, int number, int color)
    {
        var (file, at) = ((byte[])png.Clone(), png.AsSpan().IndexOf("PLTE"u8) + 4 + 3 * number);
        (file[at], file[at + 1], file[at + 2]) = ((byte)(color >> 16), (byte)(color >> 8), (byte)color);
        return file;
    }

    [TestMethod]
    public void MasksOfObjectsAndPartsInALists()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["a", "b"])
        {
            Picture(folder, $"set/images/{name}.png");
            Write(folder, $"set/labels/{name}.png", LabelPngWriter.Instances(Map));
        }
        File.WriteAllText(folder.File("set/split.json"), """{"train": ["a.png"], "test": ["b.png"]}""");
        var format = MaskFormat.Detect(folder.File("set"));
        CollectionAssert.AreEqual((string[])["train", "test"], format.Splits(folder.File("set")).ToArray());
        var data = format.Load(folder.File("set"), new() { Split = "test" });
        Assert.AreEqual("b.png", data.Images.Single().FileName);
        CollectionAssert.AreEqual((string[])["object"], Names(data));
        Same(new(4, 3, [0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0]) { Instances = Map.Instances }, data.Images[0].Mask!.Read());
        StringAssert.Contains(Message(() => format.Load(folder.File("set"), new() { Split = "val" })), "no part \"val\"");
    }

    [TestMethod]
    public void BlackAndWhiteIsOneClass()
    {
        using var folder = new TemporaryFolder();
        Picture(folder, "set/images/a.png");
        Write(folder, "set/masks/a_mask.png", LabelPngWriter.Classes(new(4, 3, [0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0])));
        Same(new(4, 3, [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), Load(folder.File("set"), "masks", new()).Images[0].Mask!.Read());
    }

    [TestMethod]
    public void AFileForEachObject()
    {
        using var folder = new TemporaryFolder();
        Picture(folder, "set/p1/images/p1.png");
        Write(folder, "set/p1/masks/a.png", LabelPngWriter.Classes(new(4, 3, [0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0])));
        Write(folder, "set/p1/masks/b.png", LabelPngWriter.Classes(new(4, 3, [0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 0, 0])));
        var map = Load(folder.File("set"), "object-masks", new() { Classes = ["nucleus"] }).Images[0].Mask!.Read();
        CollectionAssert.AreEqual((ushort[])[0, 1, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0], map.Instances);
    }

    [TestMethod]
    public void ColoursOfALabelMap()
    {
        using var folder = new TemporaryFolder();
        Picture(folder, "set/JPEGImages/a.png");
        var image = RgbImage.Filled(4, 3, 0, 0, 0);
        (image.Pixels[3], image.Pixels[4], image.Pixels[5]) = (250, 50, 83);
        (image.Pixels[6], image.Pixels[7], image.Pixels[8]) = (51, 221, 255);
        using var encoder = new ImageEncoder(ImageFormat.Png);
        Write(folder, "set/SegmentationClass/a.png", encoder.Encode(image));
        File.WriteAllText(folder.File("set/labelmap.txt"), "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncat:51,221,255::\ndog:250,50,83::\n");
        var data = Load(folder.File("set"), "masks", new());
        CollectionAssert.AreEqual((string[])["cat", "dog"], Names(data));
        CollectionAssert.AreEqual((byte[])[0, 2, 1, 0], data.Images[0].Mask!.Read().Classes[..4]);
        image.Pixels[0] = 9;
        Write(folder, "set/SegmentationClass/a.png", encoder.Encode(image));
        StringAssert.Contains(Message(() => Load(folder.File("set"), "masks", new()).Images[0].Mask!.Read()), "the colour #090000");
    }

    [TestMethod]
    public void Cityscapes()
    {
        using var folder = new TemporaryFolder();
        Picture(folder, "set/leftImg8bit/train/ulm/ulm_0_leftImg8bit.png");
        Write(folder, "set/gtFine/train/ulm/ulm_0_gtFine_labelIds.png",
            LabelPngWriter.Classes(new(4, 3, [7, 8, 33, 0, 3, 26, 0, 0, 0, 0, 0, 0])));
        var data = Load(folder.File("set"), "cityscapes", new() { Split = "train" });
        Assert.HasCount(19, data.Categories);
        CollectionAssert.AreEqual((byte[])[1, 2, 19, 255, 255, 14], data.Images[0].Mask!.Read().Classes[..6]);
    }

    [TestMethod]
    public void CocoHasPolygonsAndBothRunLengths()
    {
        using var folder = new TemporaryFolder();
        Picture(folder, "a.png");
        object Annotation(int id, object segmentation, int crowd = 0, int category = 1) => new
        {
            id, image_id = 1, category_id = category, bbox = new[] { 0, 0, 4 - id % 2, 3 }, iscrowd = crowd, segmentation,
        };
        void Save(params object[] annotations) => File.WriteAllText(folder.File("a.json"), JsonSerializer.Serialize(new
        {
            images = new[] { new { id = 1, file_name = "a.png", width = 4, height = 3 } },
            categories = new[] { new { id = 1, name = "one" }, new { id = 2, name = "two" } }, annotations,
        }));
        int[] size = [3, 4];
        Save(Annotation(2, new[] { new[] { 0, 0, 2, 0, 2, 1, 0, 1 } }),
            Annotation(1, new { size, counts = new[] { 8, 1, 3 } }, category: 2),
            Annotation(4, new { size, counts = ";1" }, crowd: 1));
        var map = Load(folder.File("a.json"), "coco", new()).Images[0].Mask!.Read();
        CollectionAssert.AreEqual((byte[])[1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 255], map.Classes);
        CollectionAssert.AreEqual((ushort[])[1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0], map.Instances);
        Save(Annotation(2, new { size, counts = new[] { 8, 1 } }));
        StringAssert.Contains(Message(() => Load(folder.File("a.json"), "coco", new())), "9 pixels together, but 4 x 3 pixels are 12");
        Save(Annotation(2, new { size = new[] { 6, 2 }, counts = new[] { 8, 1, 3 } }));
        StringAssert.Contains(Message(() => Load(folder.File("a.json"), "coco", new())), "run lengths are of 2 x 6 pixels");
        File.WriteAllText(folder.File("huge.json"), File.ReadAllText(folder.File("a.json")).Replace("\"width\":4,\"height\":3", "\"width\":60000,\"height\":60000",
            StringComparison.Ordinal).Replace("[6,2]", "[60000,60000]", StringComparison.Ordinal).Replace("[8,1,3]", "[0,1,2147483647,1452516352]",
            StringComparison.Ordinal));
        StringAssert.Contains(Assert.ThrowsExactly<UnreadableImageException>(() => Load(folder.File("huge.json"), "coco", new()).Images[0].Mask!
            .Read()).Message, "60000 x 60000 pixels, more than");
        Save(Annotation(2, Array.Empty<int>()));
        StringAssert.Contains(Message(() => Load(folder.File("a.json"), "coco", new())), "none of 1 objects has an outline");
    }

    [TestMethod]
    public void LabelMeAndYoloHavePolygons()
    {
        using var folder = new TemporaryFolder();
        Picture(folder, "lm/a.png");
        File.WriteAllText(folder.File("lm/a.json"), JsonSerializer.Serialize(new
        {
            imagePath = "a.png", imageWidth = 4, imageHeight = 3,
            shapes = new[] { new { label = "cat", shape_type = "polygon", points = new[] { new[] { 1, 0 }, [3, 0], [3, 2], [1, 2] } } },
        }));
        byte[] expected = [0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0];
        CollectionAssert.AreEqual(expected, Load(folder.File("lm"), "labelme", new()).Images[0].Mask!.Read().Classes);
        Picture(folder, "yolo/images/a.png");
        Directory.CreateDirectory(folder.File("yolo/labels"));
        File.WriteAllText(folder.File("yolo/labels/a.txt"), "0 0.25 0 0.75 0 0.75 0.6667 0.25 0.6667\n");
        File.WriteAllText(folder.File("yolo/data.yaml"), "names: [cat]\ntrain: images\n");
        CollectionAssert.AreEqual(expected, Load(folder.File("yolo"), "yolo", new()).Images[0].Mask!.Read().Classes);
    }

    [TestMethod]
    public void WhatIsNoDataSetIsSaid()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("empty"));
        StringAssert.Contains(Message(() => Load(folder.File("empty"), null, new())), "no form of masks recognises this folder");
        StringAssert.Contains(Message(() => Load(folder.File("nowhere"), null, new())), "there is no such file or folder");
    }

    private static DetectionDataset Load(string path, string? format, MaskOptions options)
    {
        var found = MaskFormat.Detect(path);
        Assert.AreEqual(format ?? found.Name, found.Name);
        return found.Load(path, options);
    }

    private static string Message(Func<object> action) => Assert.ThrowsExactly<DatasetException>(() => action()).Message;

    private static string[] Names(DetectionDataset data) => [.. data.Categories.Select(category => category.Name)];

    private static void Same(LabelMap expected, LabelMap found)
    {
        CollectionAssert.AreEqual(expected.Classes, found.Classes);
        CollectionAssert.AreEqual(expected.Instances, found.Instances);
    }

    private static void Picture(TemporaryFolder folder, string name)
    {
        using var encoder = new ImageEncoder(ImageFormat.Png);
        Write(folder, name, encoder.Encode(RgbImage.Filled(4, 3, 10, 20, 30)));
    }

    private static void Write(TemporaryFolder folder, string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        File.WriteAllBytes(folder.File(name), content);
    }
}
