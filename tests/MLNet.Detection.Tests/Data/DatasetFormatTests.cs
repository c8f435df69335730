using MLNet.Detection.Data;
using MLNet.Detection.Tests.Data.Formats;

namespace MLNet.Detection.Tests.Data;

[TestClass]
public sealed class DatasetFormatTests
{
    public static IEnumerable<DatasetFormat> Formats => DatasetFormat.All;

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void A_format_recognises_what_it_wrote_and_no_other_does(DatasetFormat format)
    {
        using var folder = new TemporaryFolder();
        var path = PathOf(format, folder);
        format.SaveAndLoad(SampleData.Full, path);
        Assert.AreSame(format, Assert.ContainsSingle(DatasetFormat.All.Where(other => other.Recognizes(path))));
        Assert.AreSame(format, DatasetFormat.Named(format.Name.ToUpperInvariant()));
    }

    // What Losses does not name comes back.
    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void Losses_are_what_does_not_come_back(DatasetFormat format)
    {
        using var folder = new TemporaryFolder();
        var full = SampleData.Full;
        var back = format.SaveAndLoad(full, PathOf(format, folder));
        var lost = format.Losses(full).ToDictionary(loss => loss.What.Split([',', ';'])[0], loss => loss.Count);
        int Lost(string what) => lost.GetValueOrDefault(what);
        int Count(DetectionDataset data, Func<LabeledBox, bool> which) => data.Images.Sum(i => i.Boxes.Count(which));

        Assert.AreEqual(3, back.Images.Length);
        Assert.AreEqual(3 - Lost("crowd boxes"), back.BoxCount);
        Assert.AreEqual(1 - Lost("crowd boxes"), Count(back, box => box.Crowd));
        Assert.AreEqual(1 - Lost("marks as difficult"), Count(back, box => box.Difficult));
        Assert.AreEqual(1 - Lost("areas of segmentations"), Count(back, box => box.Area == 12));
        Assert.HasCount(3 - Lost("classes without boxes"), back.Categories);
        var sameIds = back.Images.All(image => full.Named(image.FileName).Id == image.Id);
        Assert.AreEqual(Lost("image ids") == 0, sameIds);
        var sameClasses = back.Categories.All(category => full.Categories.Contains(category));
        Assert.AreEqual(Lost("class ids") == 0, sameClasses);
        Assert.IsEmpty(back.Problems);
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void What_came_back_once_comes_back_the_same(DatasetFormat format)
    {
        using var folder = new TemporaryFolder();
        var once = format.SaveAndLoad(SampleData.Full, PathOf(format, folder));
        var again = new TemporaryFolder();
        var twice = format.SaveAndLoad(once, PathOf(format, again));
        CollectionAssert.AreEqual(once.Categories, twice.Categories);
        foreach (var (a, b) in once.Images.Zip(twice.Images))
        {
            Assert.AreEqual(a with { Boxes = [], Path = "" }, b with { Boxes = [], Path = "" });
            CollectionAssert.AreEqual(a.Boxes.Select(box => box.Id).ToArray(), b.Boxes.Select(box => box.Id).ToArray());
        }
        Assert.IsEmpty(format.Losses(once).Where(loss => !loss.What.StartsWith("classes", StringComparison.Ordinal)));
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void Nothing_is_overwritten_unless_told(DatasetFormat format)
    {
        using var folder = new TemporaryFolder();
        var path = PathOf(format, folder);
        format.Save(SampleData.Full, path);
        Assert.ThrowsExactly<IOException>(() => format.Save(SampleData.Full, path));
        format.Save(SampleData.Full, path, overwrite: true);
    }

    [TestMethod]
    public void Parts_with_other_classes_are_refused()
    {
        var other = new DetectionDataset("other.json", [new(1, "fish")], []);
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => DatasetFormat.Yolo.Save([new("train", SampleData.Full), new("val", other)], "nowhere"));
        Assert.Contains("other.json has the classes 1 fish", error.Message);
        Assert.ThrowsExactly<ArgumentException>(() => DatasetFormat.Yolo.Save([], "nowhere"));
    }

    [TestMethod]
    public void Parts_go_to_files_of_their_names()
    {
        using var folder = new TemporaryFolder();
        var full = SampleData.Full;
        DatasetFormat.Coco.Save([new("train", full), new("val", full)], folder.File("x", "data.json"));
        Assert.IsTrue(File.Exists(folder.File("x", "data_train.json")));
        Assert.IsTrue(File.Exists(folder.File("x", "data_val.json")));
        DatasetFormat.Coco.Save([new("train", full)], folder.File("x", "data.json"));
        Assert.IsTrue(File.Exists(folder.File("x", "data.json")));
        File.Delete(folder.File("x", "data_train.json"));
        Assert.ThrowsExactly<IOException>(
            () => DatasetFormat.Coco.Save([new("train", full), new("val", full)], folder.File("x", "data.json")));
    }

    [TestMethod]
    public void Parts_are_loaded_with_the_classes_of_the_first()
    {
        using var folder = new TemporaryFolder();
        var full = SampleData.Full;
        DatasetFormat.LabelMe.Save([new("train", full), new("val", full)], folder.File("x"));
        foreach (var part in new[] { "train", "val" })
            SampleData.WritePictures(full, DatasetFormat.LabelMe.ImageFolder(folder.File("x"), part));
        File.Delete(folder.File("x", "val", "c.json"));   // the only cat that is no crowd

        var splits = DatasetFormat.LabelMe.LoadSplits(folder.File("x"));
        CollectionAssert.AreEqual(new[] { "train", "val" }, splits.Select(split => split.Name).ToArray());
        CollectionAssert.AreEqual(splits[0].Dataset.Categories, splits[1].Dataset.Categories);
        Assert.HasCount(2, splits[1].Dataset.Images);
        var options = new DatasetOptions { Split = "val", Categories = ["dog", "cat, \"wild\""] };
        var one = Assert.ContainsSingle(DatasetFormat.LabelMe.LoadSplits(folder.File("x"), options));
        Assert.AreEqual(("val", 2), (one.Name, one.Dataset.Images.Length));
        var all = Assert.ContainsSingle(DatasetFormat.LabelMe.LoadSplits(folder.File("x", "train")));
        Assert.AreEqual(("", 3), (all.Name, all.Dataset.Images.Length));
    }

    [TestMethod]
    public void What_is_no_data_set_is_refused_with_the_formats_there_are()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.ThrowsExactly<DatasetException>(() => DatasetFormat.Detect(folder.File("none")));
        Assert.Contains("no such file", error.Found);
        error = Assert.ThrowsExactly<DatasetException>(() => DatasetFormat.Detect(folder.Path));
        Assert.Contains("no format recognises this folder", error.Found);
        error = Assert.ThrowsExactly<DatasetException>(
            () => DatasetFormat.Detect(folder.Write("x.json", "{\"a\": 1}")));
        Assert.Contains("yolo: a data.yaml", error.Remedy);
        error = Assert.ThrowsExactly<DatasetException>(
            () => DatasetFormat.Detect(folder.Write("x.json", "{\"a\": 1,\n \"b\": ]")));
        Assert.Contains("not well formed", error.Found);
        Assert.StartsWith("line 2", error.Place);
        Assert.Contains("coco, voc, yolo, createml, azureml, vott, csv, labelme",
            Assert.ThrowsExactly<ArgumentException>(() => DatasetFormat.Named("yaml")).Message);
    }

    [TestMethod]
    public void A_class_with_nothing_but_crowds_is_lost_with_them()
    {
        using var folder = new TemporaryFolder();
        var crowd = new LabeledBox(new(1, 1, 5, 5), 0, 16, Crowd: true, Id: 1);
        var dataset = new DetectionDataset("s", [new(1, "ant"), new(2, "bee")],
            [SampleData.Image(1, "x.png", 9, 9, crowd, new LabeledBox(new(2, 2, 4, 4), 1, 4, Id: 2))]);
        CollectionAssert.AreEqual(
            new[] { "1 crowd boxes, left out", "1 classes without boxes", "1 class ids", "1 annotation ids" },
            DatasetFormat.CreateML.Losses(dataset).Select(loss => loss.ToString()).ToArray());
        var back = DatasetFormat.CreateML.SaveAndLoad(dataset, folder.File("x.json"));
        Assert.AreEqual(new Category(1, "bee"), Assert.ContainsSingle(back.Categories));
        Assert.AreEqual(1, Assert.ContainsSingle(back.Images[0].Boxes).Id);
    }

    [TestMethod]
    public void A_yaml_file_of_something_else_is_no_data_set()
    {
        using var folder = new TemporaryFolder();
        folder.Write("compose.yaml", "services:\n  names: none\n");
        Assert.IsEmpty(DatasetFormat.All.Where(format => format.Recognizes(folder.Path)));
    }

    private static string PathOf(DatasetFormat format, TemporaryFolder folder) =>
        folder.File(RoundTripProperties.FileName(format));
}
