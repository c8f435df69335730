using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data;

[TestClass]
public sealed class CocoDatasetTests
{
    private const string Clean = """
        {"info": {"year": 2024}, "licenses": [],
         "annotations": [
          {"id": 7, "image_id": 30, "category_id": 90, "bbox": [1, 2, 3.5, 4], "area": 12.25, "iscrowd": 0,
           "segmentation": [[1, 2, 3], {"counts": [1, 2]}]},
          {"id": 8, "image_id": 30, "category_id": 18, "bbox": [0, 0, 10, 5], "iscrowd": 1}
         ],
         "images": [
          {"id": 30, "file_name": "a/b.jpg", "width": 10, "height": 8.0},
          {"id": 4, "file_name": "c.png", "width": 6, "height": 5}],
         "categories": [{"id": 90, "name": "cup"}, {"id": 18, "name": "dog", "supercategory": "animal"}]}
        """;

    private static readonly CocoOptions Unchecked = new() { MissingImages = MissingImages.Unchecked };

    [TestMethod]
    public void Reads_images_boxes_and_categories()
    {
        using var folder = new TemporaryFolder();
        var dataset = CocoDataset.Load(folder.Write("x.json", Clean), folder.Path, Unchecked);

        CollectionAssert.AreEqual(new[] { new Category(90, "cup"), new Category(18, "dog") }, dataset.Categories);
        Assert.AreEqual(1, dataset.CategoryIndex(18));
        Assert.IsFalse(dataset.TryCategoryIndex(1, out _));
        Assert.ThrowsExactly<KeyNotFoundException>(() => dataset.CategoryIndex(5));
        var image = dataset.Images[0];
        Assert.AreEqual((30, "a/b.jpg", 10, 8), (image.Id, image.FileName, image.Width, image.Height));
        Assert.AreEqual(folder.File("a", "b.jpg"), image.Path);
        Assert.AreEqual(new LabeledBox(new Box(1, 2, 4.5f, 6), 0, 12.25, Id: 7), image.Boxes[0]);
        Assert.AreEqual(new LabeledBox(new Box(0, 0, 10, 5), 1, 50, Crowd: true, Id: 8), image.Boxes[1]);
        Assert.IsEmpty(dataset.Images[1].Boxes);
        Assert.IsEmpty(dataset.Problems);
        Assert.AreEqual(2, dataset.BoxCount);
    }

    [TestMethod]
    public void A_picture_that_is_listed_twice_is_said()
    {
        using var folder = new TemporaryFolder();
        var problem = Assert.ContainsSingle(CocoDataset.Load(
            folder.Write("x.json", Clean.Replace("c.png", "a/b.jpg")), folder.Path, Unchecked).Problems);
        Assert.AreEqual(DatasetProblemKind.OtherPicture, problem.Kind);
        Assert.Contains("the picture a/b.jpg is image 30 as well", problem.Message);
    }

    // A class without a name is left out with its boxes, and the others keep their ids.
    [TestMethod]
    public void A_category_without_a_name_is_none()
    {
        using var folder = new TemporaryFolder();
        var dataset = CocoDataset.Load(
            folder.Write("x.json", Clean.Replace("\"cup\"", "\" \"")), folder.Path, Unchecked);
        Assert.AreEqual(new Category(18, "dog"), Assert.ContainsSingle(dataset.Categories));
        Assert.AreEqual(0, Assert.ContainsSingle(dataset.Images[0].Boxes).Category);
        Assert.AreEqual(2, dataset.Problems.Count(problem => problem.Kind == DatasetProblemKind.NoClass));
    }

    [TestMethod]
    public void Two_categories_of_one_name_are_said()
    {
        using var folder = new TemporaryFolder();
        var dataset = CocoDataset.Load(folder.Write("x.json", Clean.Replace("\"dog\"", "\"cup\"")), folder.Path, Unchecked);
        Assert.Contains("the categories 90 and 18 are both named 'cup'", dataset.Problems[0].Message);
        Assert.Contains("the ids 90 and 18 are both named 'cup'",
            Assert.ThrowsExactly<DatasetException>(dataset.RequireDistinctNames).Message);
    }

    [TestMethod]
    public void A_byte_order_mark_is_no_syntax_error()
    {
        using var folder = new TemporaryFolder();
        Assert.HasCount(2, CocoDataset.Load(folder.Write("x.json", "\uFEFF" + Clean), folder.Path, Unchecked).Images);
    }

    [TestMethod]
    [DataRow("\"height\": 5}]", "\"height\": 5]", "line 9", "not well formed", DisplayName = "wrong bracket")]
    [DataRow("\"animal\"}]}", "\"animal\"}]", "line 10", "breaks off", DisplayName = "truncated")]
    [DataRow("\"animal\"}]}", "\"animal\"}]} 7", "line 10", "not well formed", DisplayName = "text after the end")]
    [DataRow("\"annotations\": [", "\"notes\": [", "$", "\"annotations\" is missing", DisplayName = "no annotations")]
    [DataRow("\"images\": [", "\"pictures\": [", "$", "\"images\" is missing", DisplayName = "no images")]
    [DataRow("\"categories\": [", "\"classes\": [", "$", "\"categories\" is missing", DisplayName = "no categories")]
    [DataRow("\"licenses\": [],", "\"licenses\": [], \"images\": 3,", "line 1, images", "found 3",
        DisplayName = "no list")]
    [DataRow("{\"id\": 7, ", "{", "line 3, annotations[0]", "\"id\" is missing", DisplayName = "no id")]
    [DataRow("\"bbox\": [0, 0, 10, 5], ", "", "line 5, annotations[1]", "\"bbox\" is missing", DisplayName = "no bbox")]
    [DataRow("\"category_id\": 18,", "", "line 5, annotations[1]", "\"category_id\" is",
        DisplayName = "no category_id")]
    [DataRow("\"file_name\": \"c.png\", ", "", "line 9, images[1]", "\"file_name\" is missing",
        DisplayName = "no file_name")]
    [DataRow("\"width\": 10, ", "", "line 8, images[0]", "the size of a/b.jpg is not in", DisplayName = "no width")]
    [DataRow("\"name\": \"cup\"", "\"nom\": \"cup\"", "categories[0]", "\"name\" is missing", DisplayName = "no name")]
    [DataRow("[1, 2, 3.5, 4]", "[1, 2, 3.5]", "annotations[0].bbox", "found 3 numbers", DisplayName = "short box")]
    [DataRow("[1, 2, 3.5, 4]", "[1, 2, \"x\", 4]", "annotations[0].bbox", "the text \"x\"",
        DisplayName = "text in box")]
    [DataRow("[1, 2, 3.5, 4]", "[1e999, 2, 3, 4]", "annotation 7, image 30", "not a finite", DisplayName = "huge box")]
    [DataRow("\"iscrowd\": 1", "\"iscrowd\": 2", "annotations[1].iscrowd", "found 2", DisplayName = "crowd 2")]
    [DataRow("\"image_id\": 30, \"category_id\": 18", "\"image_id\": 31, \"category_id\": 18", "annotation 8, image 31",
        "image_id 31 is not among the images", DisplayName = "unknown image")]
    [DataRow("\"category_id\": 18", "\"category_id\": 19", "annotation 8, image 30", "category_id 19 is not among",
        DisplayName = "unknown category")]
    [DataRow("\"id\": 8,", "\"id\": 7,", "line 5, annotations[1]",
        "annotation id 7 was already given to annotations[0] in line 3",
        DisplayName = "annotation twice")]
    [DataRow("\"id\": 4,", "\"id\": 30,", "line 9, images[1]", "image id 30 was already", DisplayName = "image twice")]
    [DataRow("\"id\": 18,", "\"id\": 90,", "categories[1]", "category id 90 was already",
        DisplayName = "category twice")]
    [DataRow("\"width\": 6", "\"width\": 0", "image 4", "the size of c.png is not in", DisplayName = "no pixels")]
    [DataRow("\"width\": 6", "\"width\": 6.5", "images[1].width", "found 6.5", DisplayName = "half a pixel")]
    [DataRow("c.png", "a/../../c.png", "image 4", "leaves the image folder", DisplayName = "dots")]
    [DataRow("c.png", "a\\\\..\\\\c.png", "image 4", "leaves the image folder", DisplayName = "dots, backslash")]
    [DataRow("c.png", "/c.png", "image 4", "is absolute", DisplayName = "absolute")]
    [DataRow("c.png", "C:\\\\c.png", "image 4", "is absolute", DisplayName = "drive")]
    [DataRow("c.png", "", "image 4", "names no file", DisplayName = "empty name")]
    public void Bad_content_is_named(string good, string bad, string place, string found)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(good, Clean);
        var file = folder.Write("x.json", Clean.Replace(good, bad));

        var error = Assert.ThrowsExactly<DatasetException>(() => CocoDataset.Load(file, folder.Path, Unchecked));

        Assert.AreEqual(file, error.File);
        Assert.Contains(place, error.Place);
        Assert.Contains(found, error.Found);
        Assert.AreEqual($"{file}, {error.Place}: {error.Found}. {error.Remedy}", error.Message);
        Assert.IsGreaterThan(10, error.Remedy.Length);
    }

    [TestMethod]
    [DataRow("[-2, 2, 5, 4]", 0f, 2f, 3f, 6f, 12.0, DisplayName = "left")]
    [DataRow("[6, 6, 9, 9]", 6f, 6f, 10f, 8f, 8.0, DisplayName = "corner")]
    public void Boxes_outside_are_clipped_and_listed(string box, float x0, float y0, float x1, float y1, double area)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("x.json", Clean.Replace("[1, 2, 3.5, 4]", box).Replace("12.25", "81"));
        var dataset = CocoDataset.Load(file, folder.Path, Unchecked);

        Assert.AreEqual(new LabeledBox(new Box(x0, y0, x1, y1), 0, area, Id: 7), dataset.Images[0].Boxes[0]);
        var problem = Assert.ContainsSingle(dataset.Problems);
        Assert.AreEqual("line 3, annotations[0] (annotation 7, image 30)", problem.Place);
        Assert.Contains("clipped", problem.Message);
    }

    [TestMethod]
    [DataRow("[1, 2, 0, 4]", "0 x 4 pixels; dropped")]
    [DataRow("[1, 2, 3, -1]", "3 x -1 pixels; dropped")]
    [DataRow("[10, 2, 3, 4]", "outside the 10 x 8 image; dropped")]
    public void Boxes_without_size_are_dropped_and_listed(string box, string message)
    {
        using var folder = new TemporaryFolder();
        var dataset = CocoDataset.Load(
            folder.Write("x.json", Clean.Replace("[1, 2, 3.5, 4]", box)), folder.Path, Unchecked);

        Assert.AreEqual(8, Assert.ContainsSingle(dataset.Images[0].Boxes).Id);
        Assert.Contains(message, Assert.ContainsSingle(dataset.Problems).Message);
    }

    [TestMethod]
    public void An_overhang_of_rounding_is_clipped_in_silence()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("x.json", Clean.Replace("[1, 2, 3.5, 4]", "[1, 2, 9.01, 4]"));
        var dataset = CocoDataset.Load(file, folder.Path, Unchecked);
        Assert.AreEqual(10f, dataset.Images[0].Boxes[0].Box.X1);
        Assert.IsEmpty(dataset.Problems);
    }

    [TestMethod]
    public void A_missing_image_file_is_an_error_or_skipped()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("x.json", Clean);
        folder.Write("c.png", "");

        var error = Assert.ThrowsExactly<DatasetException>(() => CocoDataset.Load(file, folder.Path));
        Assert.Contains(folder.File("a", "b.jpg"), error.Found);

        var dataset = CocoDataset.Load(file, folder.Path, new() { MissingImages = MissingImages.Skip });
        Assert.AreEqual(4, Assert.ContainsSingle(dataset.Images).Id);
        Assert.Contains("a/b.jpg does not exist", Assert.ContainsSingle(dataset.Problems).Message);
    }

    [TestMethod]
    public void A_missing_annotation_file_is_named()
    {
        var error = Assert.ThrowsExactly<DatasetException>(() => CocoDataset.Load("no-such.json", "."));
        Assert.AreEqual("no-such.json", error.File);
    }

    [TestMethod]
    public void Save_and_load_give_the_same_data_set()
    {
        using var folder = new TemporaryFolder();
        var first = CocoDataset.Load(folder.Write("x.json", Clean), folder.Path, Unchecked);
        CocoDataset.Save(first, folder.File("y.json"));
        var second = CocoDataset.Load(folder.File("y.json"), folder.Path, Unchecked);

        CollectionAssert.AreEqual(first.Categories, second.Categories);
        Assert.AreEqual(first.Images[0] with { Boxes = [] }, second.Images[0] with { Boxes = [] });
        CollectionAssert.AreEqual(first.Images[0].Boxes.ToArray(), second.Images[0].Boxes.ToArray());
        Assert.ThrowsExactly<IOException>(() => CocoDataset.Save(first, folder.File("y.json")));
        CocoDataset.Save(first, folder.File("y.json"), overwrite: true);
    }

    [TestMethod]
    public void Reads_a_real_data_set()
    {
        var bccd = SharedFolder.Require("datasets", "bccd");
        var dataset = CocoDataset.Load(
            Path.Combine(bccd, "annotations", "instances_train.json"), Path.Combine(bccd, "BCCD", "JPEGImages"));
        Assert.AreEqual((205, 2804), (dataset.Images.Length, dataset.BoxCount));
        CollectionAssert.AreEqual(
            new[] { "RBC", "WBC", "Platelets" }, dataset.Categories.Select(c => c.Name).ToArray());
        Assert.IsEmpty(dataset.Problems);
    }
}
