using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Tests.Data.Formats;

namespace MLNet.Detection.Tests.Data;

/// <summary>Small files of kinds that people have and that are not as the format's pages say.</summary>
[TestClass]
public sealed class FoundFilesTests
{
    [TestMethod]
    public void Coco_boxes_that_are_parts_of_the_picture_are_scaled_with_one_warning()
    {
        var dataset = Load("01-coco-normalised", "a.json");
        Assert.AreEqual(new LabeledBox(new(160, 120, 480, 360), 0, 76800, Id: 1), dataset.Images[0].Boxes[0]);
        Assert.AreEqual(new Box(0, 0, 64, 96), dataset.Images[0].Boxes[1].Box);
        Assert.AreEqual(DatasetProblemKind.Scaled, Assert.ContainsSingle(dataset.Problems).Kind);
    }

    [TestMethod]
    [DataRow("04b-coco-size-missing", "a.json")]
    [DataRow("10c-voc-size-missing", "v")]
    [DataRow("10d-voc-size-zero", "v")]
    public void Sizes_that_are_missing_are_those_of_the_picture(string name, string source)
    {
        var image = Assert.ContainsSingle(Load(name, source).Images);
        Assert.AreEqual((640, 480), (image.Width, image.Height));
        Assert.AreEqual(new Box(10, 20, 110, 100), Assert.ContainsSingle(image.Boxes).Box);
    }

    [TestMethod]
    [DataRow("07s-coco-all-empty-images", "a.json", "no object in 1 pictures", "There is no box")]
    [DataRow("20g-yolo-pixels", "y", "dropped were 2 outside of their picture", "pixels where parts of the picture")]
    [DataRow("30n-csv-swapped-minmax", "a.csv", "dropped were 1 with their right edge left", "exchanged columns")]
    [DataRow("30m-csv-empty-label", "a.csv", "dropped were 1 without a class", "their names are empty")]
    public void Data_without_objects_says_why(string name, string source, string found, string remedy)
    {
        var error = Assert.ThrowsExactly<DatasetException>(Load(name, source).RequireObjects);
        Assert.Contains(found, error.Found);
        Assert.Contains(remedy, error.Remedy);
    }

    [TestMethod]
    public void Data_without_pictures_says_so_and_not_that_classes_are_missing()
    {
        var empty = new DetectionDataset("a.json", [], []).WithClasses(["a", "b"]);
        Assert.IsEmpty(empty.Problems);
        Assert.AreEqual("it has no pictures", Assert.ThrowsExactly<DatasetException>(empty.RequireObjects).Found);
    }

    [TestMethod]
    public void The_picture_of_the_file_s_own_name_is_taken()
    {
        var dataset = Load("10f-voc-filename-no-ext", "v");
        Assert.AreEqual("a0.jpg", Assert.ContainsSingle(dataset.Images).FileName);
        Assert.Contains("<filename> is \"a0\"", Assert.ContainsSingle(dataset.Problems).Message);
    }

    [TestMethod]
    [DataRow("10k-voc-gbk", "猫")]
    [DataRow("10l-voc-win1252", "piña")]
    [DataRow("10s-voc-kaggle-lowercase", "cell")]
    [DataRow("10v-voc-name-spaces-empty", "red  cell")]
    public void Classes_are_read(string name, string label)
    {
        var dataset = Load(name, "v");
        Assert.AreEqual(label, Assert.ContainsSingle(dataset.Categories).Name);
        Assert.AreEqual(1, dataset.BoxCount);
        if (name.StartsWith("10v", StringComparison.Ordinal))
            Assert.AreEqual(DatasetProblemKind.NoClass, Assert.ContainsSingle(dataset.Problems).Kind);
        else
            Assert.IsEmpty(dataset.Problems);
    }

    [TestMethod]
    [DataRow("30c-csv-automl-gs", "train", "a0.jpg")]
    [DataRow("30c-csv-automl-gs", "val", "a1.jpg")]
    [DataRow("76-csv-automl-sets", "train", "a0.jpg")]
    [DataRow("76-csv-automl-sets", "val", "a1.jpg")]
    [DataRow("76-csv-automl-sets", "test", "a2.jpg")]
    public void AutoML_s_first_column_gives_the_parts(string name, string split, string picture)
    {
        var path = PathOf(name, "a.csv");
        CollectionAssert.Contains(DatasetFormat.Csv.Splits(path).ToArray(), split);
        var image = Assert.ContainsSingle(Load(name, "a.csv", split).Images);
        Assert.AreEqual(picture, image.FileName);
        SampleData.AreNear(new(64, 48, 192, 144), Assert.ContainsSingle(image.Boxes).Box);
        Assert.ThrowsExactly<DatasetException>(() => Load(name, "a.csv", "other"));
    }

    [TestMethod]
    public void Parts_a_little_beyond_the_picture_are_clipped_and_said()
    {
        var dataset = Load("30k-csv-normalised-1.0001", "a.csv");
        SampleData.AreNear(new(64, 48, 192, 144), dataset.Named("a0.jpg").Boxes[0].Box);
        SampleData.AreNear(new(320, 240, 640, 432), dataset.Named("a1.jpg").Boxes[0].Box);
        CollectionAssert.AreEqual(new[] { DatasetProblemKind.Scaled, DatasetProblemKind.Clipped },
            dataset.Problems.Select(problem => problem.Kind).ToArray());
    }

    [TestMethod]
    public void Azure_s_texts_and_polygons_are_read()
    {
        var boxes = Assert.ContainsSingle(Load("33-azureml-doc", "a.jsonl").Images).Boxes;
        Assert.HasCount(2, boxes);
        Assert.IsFalse(boxes[1].Crowd);
        SampleData.AreNear(new(320, 48, 576, 144), boxes[1].Box);
        var polygon = Load("33j-azureml-polygon", "a.jsonl");
        SampleData.AreNear(new(64, 48, 192, 144), Assert.ContainsSingle(polygon.Images[0].Boxes).Box);
        Assert.AreEqual(1, Assert.ContainsSingle(polygon.Unread).Count);
    }

    [TestMethod]
    public void Classes_of_another_order_are_found_by_name()
    {
        var train = Load("70-coco-class-order-differs", "tr.json");
        string[] classes = [.. train.Categories.Select(category => category.Name)];
        var test = Load("70-coco-class-order-differs", "te.json").WithClasses(classes);
        CollectionAssert.AreEqual(new[] { "a", "b" }, test.Categories.Select(category => category.Name).ToArray());
        CollectionAssert.AreEqual(new[] { 0, 0, 1 }, test.Images[0].Boxes.Select(box => box.Category).ToArray());
        Assert.IsEmpty(test.Problems);
        var direct = DatasetFormat.Coco.Load(PathOf("70-coco-class-order-differs", "te.json"),
            new() { ImageFolder = PathOf("70-coco-class-order-differs", "images"), Categories = classes });
        CollectionAssert.AreEqual(test.Images[0].Boxes.ToArray(), direct.Images[0].Boxes.ToArray());
    }

    [TestMethod]
    public void Classes_that_one_file_lacks_are_named()
    {
        var (train, test) = (Load("71-coco-test-lacks-class", "tr.json"), Load("71-coco-test-lacks-class", "te.json"));
        var fewer = test.WithClasses(["a", "b"]);
        Assert.AreEqual(1, Assert.ContainsSingle(fewer.Images[0].Boxes).Category);
        Assert.Contains("it has no class a", Assert.ContainsSingle(fewer.Problems).Message);
        var more = train.WithClasses(["b"]);
        Assert.AreEqual(0, Assert.ContainsSingle(more.Images[0].Boxes).Category);
        Assert.Contains("the class a is none of b; its 1 boxes", Assert.ContainsSingle(more.Problems).Message);
        Assert.ThrowsExactly<ArgumentException>(() => test.WithClasses(["c"]));
    }

    [TestMethod]
    public void Boxes_of_one_file_do_not_land_on_the_picture_of_another()
    {
        var dataset = Load("73-voc-two-xml-one-picture", "v");
        Assert.AreEqual(new Box(10, 20, 110, 100), Assert.ContainsSingle(dataset.Named("a0.jpg").Boxes).Box);
        Assert.AreEqual(new Box(200, 200, 300, 300), Assert.ContainsSingle(dataset.Named("a1.jpg").Boxes).Box);
        var problem = Assert.ContainsSingle(dataset.Problems);
        Assert.AreEqual(DatasetProblemKind.OtherPicture, problem.Kind);
        Assert.Contains("has an annotation file of its own; a1.jpg is taken", problem.Message);
    }

    private static string PathOf(string name, string file) => References.PathOf("cases", Path.Combine(name, file));

    private static DetectionDataset Load(string name, string source, string? split = null)
    {
        var path = PathOf(name, source);
        return DatasetFormat.Detect(path).Load(path, new()
        {
            ImageFolder = Directory.Exists(path) ? null : PathOf(name, "images"), Split = split,
        });
    }
}
