using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data.Formats;

[TestClass]
public sealed class LabelMeFormatTests
{
    private const string Clean = """
        {"version": "5.0.1", "flags": {}, "shapes": [
          {"label": "dog", "points": [[20, 15], [4, 5.5]], "group_id": null, "shape_type": "rectangle", "flags": {}},
          {"label": "cat", "points": [[1, 1], [7, 3], [4, 9]], "shape_type": "polygon", "flags": {"crowd": true}},
          {"label": "cat", "points": [[10, 10], [13, 14]], "shape_type": "circle"},
          {"label": "cat", "points": [[10, 10]], "shape_type": "point", "flags": {}}],
         "imagePath": "x.png", "imageData": null, "imageHeight": 20, "imageWidth": 40}
        """;

    [TestMethod]
    public void Shapes_become_their_bounding_boxes()
    {
        using var folder = Folder(Clean);
        Assert.AreSame(DatasetFormat.LabelMe, DatasetFormat.Detect(folder.Path));
        var dataset = DatasetFormat.LabelMe.Load(folder.Path);
        var image = Assert.ContainsSingle(dataset.Images);
        Assert.AreEqual("sub/x.png", image.FileName);
        CollectionAssert.AreEqual(
            new[] { new Box(4, 5.5f, 20, 15), new Box(1, 1, 7, 9), new Box(5, 5, 15, 15) },
            image.Boxes.Select(box => box.Box).ToArray());
        CollectionAssert.AreEqual(new[] { false, true, false }, image.Boxes.Select(box => box.Crowd).ToArray());
        CollectionAssert.AreEqual(
            new[] { "1 circles; their bounding boxes are taken", "1 polygons; their bounding boxes are taken" },
            dataset.Unread.Select(loss => loss.ToString()).ToArray());
        Assert.AreEqual("shapes[3]", Assert.ContainsSingle(dataset.Problems).Place);
    }

    [TestMethod]
    [DataRow("../other/x.png", "other/x.png", DisplayName = "beside the folder")]
    [DataRow("..\\\\other\\\\x.png", "other/x.png", DisplayName = "backslashes")]
    public void Paths_count_from_the_file(string path, string name)
    {
        using var folder = Folder(Clean.Replace("x.png", path));
        SampleData.WritePicture(folder.File("other", "x.png"), 40, 20);
        Assert.AreEqual(name, DatasetFormat.LabelMe.Load(folder.Path).Images[0].FileName);
        var elsewhere = new DatasetOptions { ImageFolder = folder.File("other") };
        Assert.AreEqual("x.png", DatasetFormat.LabelMe.Load(folder.Path, elsewhere).Images[0].FileName);
    }

    [TestMethod]
    [DataRow("sub/x.png", "sub/x.png", DisplayName = "the same subfolder")]
    [DataRow("x.png", "x.png", DisplayName = "none of them")]
    [DataRow("far/away/x.png", "far/away/x.png", DisplayName = "another subfolder")]
    public void Pictures_of_a_folder_of_their_own_are_found(string picture, string name)
    {
        using var folder = Folder(Clean);
        using var pictures = new TemporaryFolder();
        SampleData.WritePicture(pictures.File(picture), 40, 20);
        var image = Assert.ContainsSingle(
            DatasetFormat.LabelMe.Load(folder.Path, new() { ImageFolder = pictures.Path }).Images);
        Assert.AreEqual((name, pictures.File(picture)), (image.FileName, image.Path));
    }

    [TestMethod]
    public void Pictures_of_parts_are_found_with_and_without_the_part_s_folder()
    {
        using var folder = new TemporaryFolder();
        using var pictures = new TemporaryFolder();
        foreach (var file in new[] { "train/a/x.json", "val/a/x.json" })
            folder.Write(file, Clean);
        foreach (var part in new[] { "train", "val" })
        {
            SampleData.WritePicture(pictures.File(part, "a", "x.png"), 40, 20);
            var image = DatasetFormat.LabelMe.Load(folder.Path, new() { Split = part, ImageFolder = pictures.Path }).Images[0];
            Assert.AreEqual(part + "/a/x.png", image.FileName);
            image = DatasetFormat.LabelMe.Load(
                folder.Path, new() { Split = part, ImageFolder = pictures.File(part) }).Images[0];
            Assert.AreEqual("a/x.png", image.FileName);
        }
    }

    [TestMethod]
    public void A_name_that_several_pictures_have_is_an_error()
    {
        using var folder = Folder(Clean);
        using var pictures = new TemporaryFolder();
        foreach (var other in new[] { "a", "b" })
            SampleData.WritePicture(pictures.File(other, "x.png"), 40, 20);
        var error = Assert.ThrowsExactly<DatasetException>(
            () => DatasetFormat.LabelMe.Load(folder.Path, new() { ImageFolder = pictures.Path }));
        Assert.AreEqual("imagePath", error.Place);
        Assert.Contains("2 pictures named x.png (a/x.png, b/x.png)", error.Found);
    }

    [TestMethod]
    [DataRow("x.png", "../../x.png", "imagePath", "leaves the image folder")]
    [DataRow("x.png", "/x.png", "imagePath", "is absolute")]
    [DataRow("[20, 15]", "[20]", "shapes[0].points[0]", "a point is not two numbers")]
    [DataRow("[20, 15]", "[20, null]", "shapes[0].points[0][1]", "found null where a number belongs")]
    [DataRow("\"label\": \"dog\"", "\"label\": null", "shapes[0]", "the key \"label\" is missing")]
    public void Bad_content_is_named(string good, string bad, string place, string found)
    {
        Assert.Contains(good, Clean);
        using var folder = Folder(Clean.Replace(good, bad));
        var error = Assert.ThrowsExactly<DatasetException>(() => DatasetFormat.LabelMe.Load(folder.Path));
        Assert.AreEqual((folder.File("sub", "x.json"), place), (error.File, error.Place));
        Assert.Contains(found, error.Found);
    }

    [TestMethod]
    public void Parts_are_folders()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("set");
        DatasetFormat.LabelMe.Save([new("train", SampleData.Full), new("val", SampleData.Full)], path);
        CollectionAssert.AreEqual(new[] { "train", "val" }, DatasetFormat.LabelMe.Splits(path).ToArray());
        SampleData.WritePictures(SampleData.Full, DatasetFormat.LabelMe.ImageFolder(path, "val"));
        Assert.HasCount(3, DatasetFormat.LabelMe.Load(path, new() { Split = "val" }).Images);
        Assert.ThrowsExactly<DatasetException>(() => DatasetFormat.LabelMe.Load(path, new() { Split = "test" }));
    }

    private static TemporaryFolder Folder(string content)
    {
        var folder = new TemporaryFolder();
        folder.Write("sub/x.json", content);
        SampleData.WritePicture(folder.File("sub", "x.png"), 40, 20);
        return folder;
    }
}
