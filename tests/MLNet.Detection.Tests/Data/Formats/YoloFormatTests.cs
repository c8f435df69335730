using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data.Formats;

[TestClass]
public sealed class YoloFormatTests
{
    [TestMethod]
    [DataRow("data.yaml", "path: .\ntrain: images\nnames: {0: dog, 1: cat}", DisplayName = "numbered names")]
    [DataRow("data.yaml", "train: ../images\nnc: 2\nnames: [dog, 'cat']\n", DisplayName = "dots of Roboflow")]
    [DataRow("other.yaml", "train: [images]\nnames:\n- dog\n- cat", DisplayName = "lists, another name")]
    [DataRow("data.yaml", "path: /somebody/else\ntrain: images\ntest: images/none\nnames: [dog, cat]",
        DisplayName = "folders that are elsewhere")]
    [DataRow("data.yaml", "train: list.txt\nnames: [dog, cat]", DisplayName = "list of pictures")]
    [DataRow("classes.txt", "dog\ncat\n\n", DisplayName = "list of classes")]
    public void Reads_labels_as_parts_of_the_picture(string file, string config)
    {
        using var folder = Folder("1 0.5 0.25 0.5 0.1\n\n0 0.1 0.9 2e-1 0.2");
        folder.Write(file, config);
        folder.Write("list.txt", "./images/x.png\n\nimages/sub/y.png\n");
        Assert.AreSame(DatasetFormat.Yolo, DatasetFormat.Detect(folder.Path));

        var dataset = DatasetFormat.Yolo.Load(folder.Path);

        CollectionAssert.AreEqual(new[] { new Category(0, "dog"), new Category(1, "cat") }, dataset.Categories);
        Assert.HasCount(2, dataset.Images);
        var image = dataset.Images.Single(i => i.FileName.EndsWith("x.png", StringComparison.Ordinal));
        Assert.AreEqual((40, 20), (image.Width, image.Height));
        Assert.AreEqual(folder.File("images", "x.png"), image.Path);
        Assert.AreEqual(1, image.Boxes[0].Category);
        SampleData.AreNear(new Box(10, 4, 30, 6), image.Boxes[0].Box);
        SampleData.AreNear(new Box(0, 16, 8, 20), image.Boxes[1].Box);
        Assert.IsEmpty(dataset.Images.Single(i => i != image).Boxes);
        Assert.IsEmpty(dataset.Problems);
    }

    [TestMethod]
    public void Polygons_become_boxes_and_keypoints_are_counted()
    {
        using var folder = Folder("0 0.1 0.2 0.5 0.3 0.3 0.8");
        folder.Write("data.yaml", "train: images\nnames: [dog]");
        var dataset = DatasetFormat.Yolo.Load(folder.Path);
        SampleData.AreNear(new Box(4, 4, 20, 16), dataset.Named("x.png").Boxes[0].Box);
        Assert.AreEqual("1 polygons; their bounding boxes are taken", Assert.ContainsSingle(dataset.Unread).ToString());

        folder.Write("data.yaml", "train: images\nnames: [dog]\nkpt_shape: [1, 2]");
        dataset = DatasetFormat.Yolo.Load(folder.Path);
        SampleData.AreNear(new Box(0, 1, 14, 7), dataset.Named("x.png").Boxes[0].Box);
        Assert.AreEqual(new ConversionLoss("sets of keypoints", 1), Assert.ContainsSingle(dataset.Unread));
    }

    [TestMethod]
    public void A_folder_of_pictures_that_would_have_no_effect_is_refused()
    {
        using var folder = Folder("0 0.5 0.5 0.1 0.1");
        using var pictures = new TemporaryFolder();
        folder.Write("data.yaml", "train: images\nnames: [dog]");
        var error = Assert.ThrowsExactly<DatasetException>(
            () => DatasetFormat.Yolo.Load(folder.Path, new() { ImageFolder = pictures.Path }));
        Assert.Contains($"{pictures.Path} has no effect", error.Found);
        Assert.Contains(folder.File("images"), error.Found);
        foreach (var same in new[] { folder.Path, folder.File("images"), folder.File("images") + "/" })
            Assert.HasCount(2, DatasetFormat.Yolo.Load(folder.Path, new() { ImageFolder = same }).Images);
    }

    [TestMethod]
    [DataRow("0 0.5 0.5 0.1", "found 4 numbers", DisplayName = "too few")]
    [DataRow("0 0.5 0.5 0.1 0.1 0.9", "found 6 numbers", DisplayName = "a score")]
    [DataRow("0 0.5 O.5 0.1 0.1", "found \"O.5\" where a number belongs", DisplayName = "a letter")]
    [DataRow("2 0.5 0.5 0.1 0.1", "found the class 2, but data.yaml lists 2 classes", DisplayName = "class 2 of 2")]
    [DataRow("-1 0.5 0.5 0.1 0.1", "found the class -1", DisplayName = "class -1")]
    [DataRow("0 NaN 0.5 0.1 0.1", "not a finite number", DisplayName = "no number")]
    public void Bad_lines_are_named(string line, string found)
    {
        using var folder = Folder("0 0.5 0.5 0.1 0.1\n" + line);
        folder.Write("data.yaml", "train: images\nnames: [dog, cat]");
        var error = Assert.ThrowsExactly<DatasetException>(() => DatasetFormat.Yolo.Load(folder.Path));
        Assert.AreEqual((folder.File("labels", "x.txt"), "line 2"), (error.File, error.Place));
        Assert.Contains(found, error.Found);
    }

    [TestMethod]
    [DataRow("train: images\n", "", "\"names\" is missing", DisplayName = "no names")]
    [DataRow("train: images\nnames: {1: dog}", "line 2", "with the number 1", DisplayName = "numbers from 1")]
    [DataRow("train: images\nnames: [dog, dog]", "line 2", "a class twice", DisplayName = "twice")]
    [DataRow("train: images\nnames: dog", "line 2", "no list of classes", DisplayName = "a text")]
    [DataRow("train: {a: b}\nnames: [dog]", "line 1", "\"train\" is no text", DisplayName = "an object")]
    [DataRow("train: pictures\nnames: [dog]", "", "which does not exist", DisplayName = "no folder")]
    [DataRow("train: [images\nnames: [dog]", "", "not well formed", DisplayName = "no YAML")]
    [DataRow("train: images\n\tnames: [dog]", "line", "not well formed", DisplayName = "a tab")]
    [DataRow("train: images\nnames: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[dog]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "line 2",
        "nested deeper than 32", DisplayName = "lists in lists")]
    [DataRow("", "", "the file holds no keys", DisplayName = "empty")]
    [DataRow("train: bad.txt\nnames: [dog]", "line 2", "is outside of the data set's folder", DisplayName = "outside")]
    [DataRow("train: gone.txt\nnames: [dog]", "line 1", "gone.png does not exist", DisplayName = "gone")]
    public void Bad_configurations_are_named(string config, string place, string found)
    {
        using var folder = Folder("");
        folder.Write("data.yaml", config);
        folder.Write("bad.txt", "images/x.png\n../../x.png\n");
        folder.Write("gone.txt", "images/gone.png\n");
        var error = Assert.ThrowsExactly<DatasetException>(() => DatasetFormat.Yolo.Load(folder.Path));
        Assert.Contains(found, error.Found);
        Assert.Contains(place, error.Place);
    }

    [TestMethod]
    public void Labels_that_are_nowhere_are_an_error()
    {
        using var folder = Folder("");
        File.Delete(folder.File("labels", "x.txt"));
        folder.Write("data.yaml", "train: images\nnames: [dog]");
        var error = Assert.ThrowsExactly<DatasetException>(() => DatasetFormat.Yolo.Load(folder.Path));
        Assert.Contains("no picture has a label file", error.Found);
        Assert.Contains("labels/", error.Found);
    }

    [TestMethod]
    public void A_picture_that_cannot_be_read_is_skipped_and_listed()
    {
        using var folder = Folder("0 0.5 0.5 0.1 0.1");
        folder.Write("data.yaml", "train: images\nnames: [dog]");
        folder.Write("images/broken.png", "no picture");
        folder.Write("images/z.webp", "no picture");
        var dataset = DatasetFormat.Yolo.Load(folder.Path);
        Assert.HasCount(2, dataset.Images);
        Assert.HasCount(2, dataset.Problems);
        Assert.Contains("broken.png", dataset.Problems[0].File);
        Assert.Contains("z.webp", dataset.Problems[1].File);
        Assert.ThrowsExactly<DatasetException>(
            () => DatasetFormat.Yolo.Load(folder.Path, new() { MissingImages = MissingImages.Unchecked }));
    }

    [TestMethod]
    public void Parts_are_written_into_one_folder_and_read_back()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("yolo");
        var full = SampleData.Full;
        DatasetSplit[] splits =
        [
            new("train", new("a", full.Categories, [full.Images[0]])),
            new("val", new("b", full.Categories, [full.Images[1]])),
        ];
        DatasetFormat.Yolo.Save(splits, path);
        foreach (var split in splits)
            SampleData.WritePictures(split.Dataset, DatasetFormat.Yolo.ImageFolder(path, split.Name));

        CollectionAssert.AreEqual(new[] { "train", "val" }, DatasetFormat.Yolo.Splits(path).ToArray());
        var train = DatasetFormat.Yolo.Load(path, new() { Split = "train" });
        Assert.AreEqual("a/b.png", Assert.ContainsSingle(train.Images).FileName);
        var box = Assert.ContainsSingle(train.Images[0].Boxes);   // the crowd is left out
        Assert.AreEqual("dog", train.ClassOf(box));
        SampleData.AreNear(new Box(1, 2, 11.5f, 12), box.Box);
        CollectionAssert.AreEqual(
            new[] { "dog", "cat, \"wild\"", "bird" }, train.Categories.Select(c => c.Name).ToArray());
        Assert.HasCount(2, DatasetFormat.Yolo.Load(path).Images);
        Assert.ThrowsExactly<DatasetException>(() => DatasetFormat.Yolo.Load(path, new() { Split = "test" }));
        Assert.ThrowsExactly<IOException>(() => DatasetFormat.Yolo.Save(splits, path));
        DatasetFormat.Yolo.Save(splits, path, overwrite: true);
    }

    [TestMethod]
    public void Pictures_that_would_share_labels_are_refused()
    {
        using var folder = new TemporaryFolder();
        var dataset = new DetectionDataset("s", [new(0, "dog")],
            [SampleData.Image(1, "x.png", 2, 2), SampleData.Image(2, "x.jpg", 2, 2)]);
        var error = Assert.ThrowsExactly<DatasetException>(
            () => DatasetFormat.Yolo.Save(dataset, folder.File("yolo")));
        Assert.Contains("x.jpg and x.png would share the label file x.txt", error.Found);
    }

    // Two pictures, the second of them without a label file.
    private static TemporaryFolder Folder(string labels)
    {
        var folder = new TemporaryFolder();
        SampleData.WritePicture(folder.File("images", "x.png"), 40, 20);
        SampleData.WritePicture(folder.File("images", "sub", "y.png"), 5, 5);
        folder.Write("labels/x.txt", labels);
        return folder;
    }
}
