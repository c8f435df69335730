using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Data.Inspection;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data.Formats;

namespace MLNet.Detection.Tests.Data.Inspection;

[TestClass]
public sealed class DatasetInspectionTests
{
    private static readonly InspectionOptions LabelsOnly = new() { ReadPictures = false };

    [TestMethod]
    public void Counts_are_those_of_the_data_set()
    {
        var split = DatasetInspection.Of([new("train", SampleData.Full)], LabelsOnly).Splits[0];
        Assert.AreEqual(("train", 3, 1, 3, 1, 1),
            (split.Name, split.Images, split.EmptyImages, split.Boxes, split.Crowds, split.Difficult));
        CollectionAssert.AreEqual(
            new ClassStatistics[]
            {
                new("dog", 1, 1, 1, 0, 0), new("cat, \"wild\"", 2, 2, 2, 0, 0), new("bird", 0, 0, 0, 0, 0),
            },
            split.Classes.ToArray());
    }

    [TestMethod]
    [DataRow(31.9f, 1, 0, 0)]
    [DataRow(32f, 0, 1, 0)]
    [DataRow(95.9f, 0, 1, 0)]
    [DataRow(96f, 0, 0, 1)]
    public void Sizes_are_COCOs(float side, int small, int medium, int large)
    {
        var box = new LabeledBox(new(0, 0, side, side), 0, (double)side * side);
        var statistics = DatasetInspection.Of([Split("", SampleData.Image(1, "a", 200, 200, box))], LabelsOnly)
            .Splits[0].Classes[0];
        Assert.AreEqual((small, medium, large), (statistics.Small, statistics.Medium, statistics.Large));
    }

    [TestMethod]
    public void Parts_with_classes_in_another_order_are_counted_by_name()
    {
        DetectionDataset Of(string source, params string[] names) => new(source,
            names.Select((name, i) => new Category(i + 1, name)),
            [SampleData.Image(1, source, 64, 64, [.. names.Select((_, i) =>
                new LabeledBox(new(8 * i, 0, 8 * i + 9, 60), i, 540, Id: i + 1))])]);
        var data = DatasetInspection.Of([new("train", Of("a", "x", "y")), new("val", Of("b", "z", "y"))], LabelsOnly);
        foreach (var (split, boxes) in data.Splits.Zip(new[] { new[] { 1, 1, 0 }, [0, 1, 1] }))
        {
            CollectionAssert.AreEqual(new[] { "x", "y", "z" }, split.Classes.Select(c => c.Name).ToArray());
            CollectionAssert.AreEqual(boxes, split.Classes.Select(c => c.Boxes).ToArray());
        }
    }

    // CMYK is decoded, an empty file and one that breaks off behind its head are not.
    [TestMethod]
    public void Damage_behind_the_head_is_found_by_decoding()
    {
        var pictures = References.PathOf("cases", Path.Combine("75-bad-pictures", "images"));
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "cmyk.jpg", "rgb_i.png", "empty.jpg" })
            File.Copy(Path.Combine(pictures, name), folder.File(name));
        var bytes = File.ReadAllBytes(folder.File("rgb_i.png"));
        File.WriteAllBytes(folder.File("half.png"), bytes[..(bytes.Length / 2)]);
        var images = new[] { "cmyk.jpg", "rgb_i.png", "empty.jpg", "half.png" }.Select((name, i) =>
            new LabeledImage(i + 1, name, folder.File(name), 97, 61, []));
        DatasetSplit[] splits = [new("", new("pictures", [new(1, "cell")], images))];
        string[] Found(bool decode) => [.. DatasetInspection.Of(splits, new() { DecodePictures = decode }).Suspicions
            .Where(suspicion => suspicion.Kind == SuspicionKind.Unreadable).Select(suspicion => suspicion.Place)];
        CollectionAssert.AreEqual(new[] { "empty.jpg" }, Found(false));
        CollectionAssert.AreEqual(new[] { "empty.jpg", "half.png" }, Found(true));
    }

    [TestMethod]
    public void Distributions_count_each_box_once()
    {
        // Half of the picture's side and square; twice as wide as high; far wider than the last range.
        var split = Split("", SampleData.Image(1, "a", 64, 64, Box(1, 0, 0, 32, 32), Box(2, 0, 0, 32, 16)),
            SampleData.Image(2, "b", 64, 64, Box(3, 0, 0, 64, 4)), SampleData.Image(3, "c", 64, 64));
        var statistics = DatasetInspection.Of([split], LabelsOnly).Splits[0];
        Assert.AreEqual(1, BinAt(statistics.RelativeSizes, 0.5));
        Assert.AreEqual(2, BinAt(statistics.RelativeSizes, 0.3));   // sqrt(1 / 8) = 0.354 and sqrt(1 / 16) = 0.25
        Assert.AreEqual(1, BinAt(statistics.AspectRatios, 0));
        Assert.AreEqual(1, BinAt(statistics.AspectRatios, 1));
        Assert.AreEqual(1, statistics.AspectRatios[^1].Count);
        CollectionAssert.AreEqual(new[] { 1, 1, 1 }, statistics.BoxesPerImage.Select(bin => bin.Count).ToArray());
        Assert.AreEqual(3, statistics.RelativeSizes.Sum(bin => bin.Count));
    }

    [TestMethod]
    public void Suspicious_labels_are_found_with_their_boxes()
    {
        var split = Split("train",
            SampleData.Image(
                1, "a", 100, 100, Box(1, 10, 10, 50, 50), Box(2, 10, 10, 50, 50.5f), Box(3, 10, 10, 50, 50, 1)),
            SampleData.Image(2, "b", 100, 100, Box(4, 0, 0, 2, 30), Box(5, 0, 0, 100, 4), Box(6, 20, 20, 60, 60)));
        var found = DatasetInspection.Of([split], LabelsOnly).Suspicions;
        CollectionAssert.AreEqual(
            new[] { "Duplicate 1 2", "TwoClasses 1 3", "TwoClasses 2 3", "Tiny 4", "ExtremeAspect 5" },
            found.Select(s => $"{s.Kind} {string.Join(' ', s.Boxes)}").ToArray());
        Assert.AreEqual("boxes 1 (dog) and 2 (dog) overlap with IoU 0.99", found[0].Message);
        Assert.AreEqual("box 4 (dog) is 2 x 30 pixels", found[3].Message);
        Assert.AreEqual(("train", "b"), (found[3].Split, found[3].Place));

        var strict = LabelsOnly with { DuplicateOverlap = 0.999f, TinySide = 1, LongestAspect = 30 };
        found = DatasetInspection.Of([split], strict).Suspicions;
        Assert.AreEqual(SuspicionKind.TwoClasses, Assert.ContainsSingle(found).Kind);
    }

    [TestMethod]
    public void Problems_of_the_reader_are_suspicions()
    {
        var dataset = new DetectionDataset("s", [new(1, "dog")], [], [new("f.json", "line 3", "the box is gone")]);
        var found = Assert.ContainsSingle(DatasetInspection.Of([new("", dataset)], LabelsOnly).Suspicions);
        Assert.AreEqual(
            new Suspicion(SuspicionKind.OnLoad, "", "f.json, line 3", "the box is gone") { Boxes = found.Boxes },
            found);
    }

    [TestMethod]
    public void Pictures_that_are_elsewhere_damaged_or_of_another_size_are_found()
    {
        using var folder = new TemporaryFolder();
        LabeledImage Picture(string name, int width, int height) =>
            SampleData.Image(1, name, width, height) with { Path = folder.File(name) };
        SampleData.WritePicture(folder.File("a.png"), 10, 20);
        SampleData.WritePicture(folder.File("b.png"), 10, 20);
        SampleData.WritePicture(folder.File("c.png"), 10, 20);
        SampleData.WritePicture(folder.File("d.png"), 30, 20);
        folder.Write("e.png", "no picture");
        var found = DatasetInspection.Of(
        [
            Split("train", Picture("a.png", 10, 20), Picture("b.png", 10, 20)),
            Split("test", Picture("c.png", 10, 20), Picture("d.png", 20, 30), Picture("e.png", 1, 1),
                Picture("f.png", 1, 1)),
        ]).Suspicions;
        CollectionAssert.AreEqual(
            new[]
            {
                (SuspicionKind.SamePicture, "train", "b.png"), (SuspicionKind.SamePictureInParts, "test", "c.png"),
                (SuspicionKind.WrongSize, "test", "d.png"), (SuspicionKind.Unreadable, "test", "e.png"),
                (SuspicionKind.Unreadable, "test", "f.png"),
            },
            found.Select(s => (s.Kind, s.Split, s.Place)).ToArray());
        Assert.AreEqual("the same picture as a.png in train", found[1].Message);
        Assert.AreEqual("the picture is 30 x 20 pixels, annotated as 20 x 30", found[2].Message);
    }

    [TestMethod]
    public void Anchors_need_the_networks_size() => Assert.Contains("Resize", Assert.ThrowsExactly<ArgumentException>(
        () => DatasetInspection.Of([new("", SampleData.Full)], new() { Anchors = [new(0, 0, 1, 1)] })).Message);

    [TestMethod]
    public void Coverage_is_the_best_overlap_of_each_box_at_the_networks_size()
    {
        // Pictures of 200 x 100 shrink to 100 x 100: boxes become half as wide.
        var split = Split("val", SampleData.Image(1, "a", 200, 100, Box(1, 0, 0, 80, 40), Box(2, 100, 50, 140, 60),
            Box(3, 0, 0, 200, 100) with { Crowd = true }));
        Box[] anchors = [new(0, 0, 40, 40), new(50, 50, 70, 65), new(0, 0, 100, 100)];
        var options = LabelsOnly with { Anchors = anchors, Resize = new ImageResize(100, 100) };
        var coverage = Assert.ContainsSingle(DatasetInspection.Of([split], options).Anchors);

        Assert.AreEqual(("val", 3, 2), (coverage.Split, coverage.Anchors, coverage.Boxes));
        Assert.AreEqual((1 + 10.0 / 15) / 2, coverage.MeanOverlap!.Value, 1e-6);
        Assert.AreEqual(1, coverage.Recall50);
        Assert.HasCount(19, coverage.Recall);
        Assert.AreEqual(1, coverage.Recall[12].Recall);     // at IoU 0.65
        Assert.AreEqual(0.5, coverage.Recall[13].Recall);   // at IoU 0.70
        Assert.AreEqual(new ClassCoverage("dog", 2, 1, coverage.MeanOverlap), coverage.Classes[0]);
        Assert.AreEqual(new ClassCoverage("cat", 0, null, null), coverage.Classes[1]);
    }

    private static DatasetSplit Split(string name, params LabeledImage[] images) =>
        new(name, new("made", [new(1, "dog"), new(2, "cat")], images));

    private static LabeledBox Box(long id, float x0, float y0, float x1, float y1, int category = 0) =>
        new(new(x0, y0, x1, y1), category, new Box(x0, y0, x1, y1).Area, Id: id);

    private static int BinAt(IEnumerable<HistogramBin> bins, double value) =>
        bins.Where(bin => bin.From <= value + 0.1 && value - 0.1 < bin.To).Sum(bin => bin.Count);
}
