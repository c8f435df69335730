using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data.Formats;

[TestClass]
public sealed class VocFormatTests
{
    [TestMethod]
    public void Saves_and_loads_parts()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("voc");
        var full = SampleData.Full;
        DatasetFormat.Voc.Save([new("train", full), new("val", new("v", full.Categories, [full.Images[1]]))], path);
        SampleData.WritePictures(full, DatasetFormat.Voc.ImageFolder(path));
        Assert.AreSame(DatasetFormat.Voc, DatasetFormat.Detect(path));

        var train = DatasetFormat.Voc.Load(path, new() { Split = "train" });
        CollectionAssert.AreEqual(new[] { "cat, \"wild\"", "dog" }, train.Categories.Select(c => c.Name).ToArray());
        Assert.HasCount(3, train.Images);
        Assert.AreEqual(new Box(1, 2, 11.5f, 12), Assert.ContainsSingle(train.Named("a/b.png").Boxes).Box);
        var difficult = Assert.ContainsSingle(train.Named("c.png").Boxes);
        Assert.AreEqual((new Box(0.25f, 1, 6, 8.125f), true), (difficult.Box, difficult.Difficult));
        Assert.IsEmpty(train.Named("empty.png").Boxes);

        var list = Path.Combine(path, "ImageSets", "Main", "val.txt");
        Assert.AreSame(DatasetFormat.Voc, DatasetFormat.Detect(list));
        Assert.AreEqual("c.png", Assert.ContainsSingle(DatasetFormat.Voc.Load(list).Images).FileName);
        CollectionAssert.AreEqual(new[] { "train", "val" }, DatasetFormat.Voc.Splits(path).ToArray());
        Assert.ThrowsExactly<IOException>(() => DatasetFormat.Voc.Save(full, path));
    }

    [TestMethod]
    public void Lists_of_one_class_and_trainval_are_no_parts()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "train", "val", "trainval", "cat_train", "dog_val" })
            folder.Write($"ImageSets/Main/{name}.txt", "");
        folder.Write("Annotations/a.xml", "");
        CollectionAssert.AreEqual(new[] { "train", "val" }, DatasetFormat.Voc.Splits(folder.Path).ToArray());
    }

    [TestMethod]
    public void Files_beside_their_pictures_are_read()
    {
        using var folder = new TemporaryFolder();
        DatasetFormat.Voc.Save(SampleData.Full, folder.File("voc"));
        Directory.Move(folder.File("voc", "Annotations"), folder.File("flat"));
        SampleData.WritePictures(SampleData.Full, folder.File("flat"));
        Assert.AreSame(DatasetFormat.Voc, DatasetFormat.Detect(folder.File("flat")));
        Assert.HasCount(3, DatasetFormat.Voc.Load(folder.File("flat")).Images);
    }
}
