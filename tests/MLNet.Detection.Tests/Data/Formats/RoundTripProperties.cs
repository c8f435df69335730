using FsCheck;
using FsCheck.Fluent;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data.Formats;

/// <summary>Whatever is written and read again is the same.</summary>
[TestClass]
public sealed class RoundTripProperties
{
    // Names that quoting, separators, numbers and other alphabets may break.
    private static readonly string[] Names =
    [
        "dog", "cat, wild", "\"quoted\"", "a;b\tc", "12", "null", "true", "# 1", "- x", "{0}", "日本語", "<é&>", "a: b",
        "~",
    ];

    public static IEnumerable<DatasetFormat> Formats => DatasetFormat.All;

    private static Gen<Box> Boxes(int width, int height) =>
        from x0 in Gen.Choose(0, 64 * width - 64)
        from y0 in Gen.Choose(0, 64 * height - 64)
        from x1 in Gen.Choose(x0 + 64, 64 * width)
        from y1 in Gen.Choose(y0 + 64, 64 * height)
        select new Box(x0 / 64f, y0 / 64f, x1 / 64f, y1 / 64f);

    private static Gen<LabeledImage> Images(int classes) =>
        from width in Gen.Choose(1, 90)
        from height in Gen.Choose(1, 90)
        from boxes in Gen.Select(Boxes(width, height), box => box).ListOf()
        from categories in Gen.Choose(0, classes - 1).ListOf(boxes.Count)
        select SampleData.Image(0, "unnamed", width, height, [.. boxes.Zip(categories,
            (box, category) => new LabeledBox(box, category, box.Area))]);

    private static Gen<DetectionDataset> Datasets =>
        from names in Gen.Shuffle(Names)
        from classes in Gen.Choose(1, Names.Length)
        from images in Images(classes).NonEmptyListOf()
        let boxes = images.Select(image => image.Boxes.Count).ToArray()
        select new DetectionDataset("made",
            names.Take(classes).Select((name, i) => new Category(i, name)),
            images.Select((image, i) => image with
            {
                Id = i + 1,
                FileName = $"{(i % 2 == 0 ? "" : "a b/")}p {i}, x.png",
                Boxes = [.. image.Boxes.Select((box, k) => box with { Id = boxes.Take(i).Sum() + k + 1 })],
            }));

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void What_is_written_is_read(DatasetFormat format) => Properties.Check(Datasets, tests: 30, dataset =>
    {
        using var folder = new TemporaryFolder();
        var back = format.SaveAndLoad(dataset, folder.File(FileName(format)));
        Assert.HasCount(dataset.Images.Length, back.Images);
        Assert.IsEmpty(back.Problems);
        foreach (var image in dataset.Images)
        {
            var read = back.Named(image.FileName);
            Assert.AreEqual(
                (image.Width, image.Height, image.Boxes.Count), (read.Width, read.Height, read.Boxes.Count));
            foreach (var (expected, actual) in image.Boxes.Zip(read.Boxes))
            {
                SampleData.AreNear(expected.Box, actual.Box);
                Assert.AreEqual(dataset.ClassOf(expected), back.ClassOf(actual));
            }
        }
    });

    internal static string FileName(DatasetFormat format) => "data" + format.Name switch
    {
        "voc" or "yolo" or "labelme" => "", "csv" => ".csv", "azureml" => ".jsonl", _ => ".json",
    };
}
