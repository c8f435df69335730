using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data;

[TestClass]
public sealed class VocDatasetTests
{
    private const string Clean = """
        <annotation>
          <folder>JPEGImages</folder>
          <filename>b.jpg</filename>
          <size><width>20</width><height>10</height><depth>3</depth></size>
          <object>
            <name>dog</name><difficult>1</difficult>
            <bndbox><xmin>2</xmin><ymin>3</ymin><xmax>8.5</xmax><ymax>9</ymax></bndbox>
            <part><name>head</name><bndbox><xmin>2</xmin><ymin>3</ymin><xmax>4</xmax><ymax>5</ymax></bndbox></part>
          </object>
          <object>
            <name>cat</name>
            <bndbox><xmin>1</xmin><ymin>1</ymin><xmax>20</xmax><ymax>10</ymax></bndbox>
          </object>
        </annotation>
        """;

    private static readonly VocOptions Unchecked = new() { MissingImages = MissingImages.Unchecked };

    [TestMethod]
    public void Reads_a_split()
    {
        using var folder = Folder(Clean);
        var dataset = VocDataset.Load(folder.Path, "train", Unchecked);

        CollectionAssert.AreEqual(
            new[] { new Category(1, "bird"), new Category(2, "cat"), new Category(3, "dog") }, dataset.Categories);
        var image = Assert.ContainsSingle(dataset.Images);
        Assert.AreEqual((2, "b.jpg", 20, 10), (image.Id, image.FileName, image.Width, image.Height));
        Assert.AreEqual(folder.File("JPEGImages", "b.jpg"), image.Path);
        Assert.AreEqual(new LabeledBox(new Box(2, 3, 8.5f, 9), 2, 39, Difficult: true, Id: 1), image.Boxes[0]);
        Assert.AreEqual(new LabeledBox(new Box(1, 1, 20, 10), 1, 171, Id: 2), image.Boxes[1]);
        Assert.HasCount(2, VocDataset.Load(folder.Path, null, Unchecked).Images);
    }

    [TestMethod]
    public void One_based_inclusive_corners_move()
    {
        using var folder = Folder(Clean);
        var options = Unchecked with { Coordinates = VocCoordinates.OneBasedInclusive };
        var boxes = VocDataset.Load(folder.Path, "train", options).Images[0].Boxes;
        Assert.AreEqual(new Box(0, 0, 20, 10), boxes[1].Box);
        Assert.AreEqual(200, boxes[1].Area);
    }

    [TestMethod]
    [DataRow("</annotation>", "", "line 1", "not well formed", DisplayName = "truncated")]
    [DataRow("<annotation>", "<!DOCTYPE a [<!ENTITY x \"y\">]><annotation>", "line 1", "DTD", DisplayName = "entities")]
    [DataRow("<filename>b.jpg</filename>", "", "line 1", "<annotation> has no <filename>",
        DisplayName = "no file name")]
    [DataRow("<filename>b.jpg", "<filename>../b.jpg", "line 3", "leaves the image folder", DisplayName = "dots")]
    [DataRow("<filename>b.jpg", "<filename>/b.jpg", "line 3", "is absolute", DisplayName = "absolute")]
    [DataRow("<width>20</width>", "", "line 3", "the size of b.jpg is not in the annotations",
        DisplayName = "no width")]
    [DataRow("<width>20<", "<width>0<", "line 3", "the size of b.jpg is not in the annotations",
        DisplayName = "zero width")]
    [DataRow("<width>20<", "<width>2.5<", "line 4", "not a number of pixels", DisplayName = "half a pixel")]
    [DataRow("<ymax>9</ymax>", "", "line 7", "<bndbox> has no <ymax>", DisplayName = "no corner")]
    [DataRow("<xmax>8.5<", "<xmax>wide<", "line 7", "<xmax> is \"wide\", not a number", DisplayName = "text corner")]
    [DataRow("<xmax>8.5<", "<xmax>NaN<", "line 5, object 1", "not a finite number", DisplayName = "no number")]
    [DataRow("<name>cat</name>", "", "line 10", "<object> has no <name>", DisplayName = "no name")]
    public void Bad_content_is_named(string good, string bad, string place, string found)
    {
        Assert.Contains(good, Clean);
        using var folder = Folder(Clean.Replace(good, bad));
        var error = Assert.ThrowsExactly<DatasetException>(() => VocDataset.Load(folder.Path, "train", Unchecked));
        Assert.AreEqual(folder.File("Annotations", "b.xml"), error.File);
        Assert.Contains(place, error.Place);
        Assert.Contains(found, error.Found);
    }

    [TestMethod]
    [DataRow("b.jpg", "b.jpg")]
    [DataRow("", "b.jpg")]
    [DataRow("b", "b.jpg")]
    [DataRow("old_name.png", "b.jpg")]
    [DataRow("C:\\Users\\me\\b.jpg", "b.jpg")]
    [DataRow("/home/me/pictures/b.jpg", "b.jpg")]
    [DataRow("../images/b.jpg", "b.jpg")]
    [DataRow("/elsewhere/other.jpg", "other.jpg")]
    public void The_picture_is_found_by_name_or_by_that_of_the_file(string written, string picture)
    {
        using var folder = Folder(Clean.Replace("<filename>b.jpg</filename>", $"<filename>{written}</filename>"));
        foreach (var name in new[] { "a.jpg", "b.jpg", "other.jpg" })
            Formats.SampleData.WritePicture(folder.File("JPEGImages", name), 20, 10);
        var dataset = VocDataset.Load(folder.Path, "train");
        Assert.AreEqual(folder.File("JPEGImages", picture), Assert.ContainsSingle(dataset.Images).Path);
        Assert.AreEqual(written == picture ? 0 : 1, dataset.Problems.Count(
            problem => problem.Kind == DatasetProblemKind.OtherPicture));
    }

    [TestMethod]
    public void Bytes_that_the_encoding_does_not_have_are_an_error()
    {
        using var folder = Folder("");
        File.WriteAllBytes(folder.File("Annotations", "b.xml"),
            [.. "<annotation><filename>"u8, 0xE9, .. ".jpg</filename></annotation>"u8]);
        Assert.Contains("bytes that its encoding does not have", Assert.ThrowsExactly<DatasetException>(
            () => VocDataset.Load(folder.Path, "train", Unchecked)).Message);
        folder.Write("Annotations/b.xml", "<?xml version=\"1.0\" encoding=\"no-such\"?><annotation/>");
        Assert.Contains("the encoding \"no-such\" is not known", Assert.ThrowsExactly<DatasetException>(
            () => VocDataset.Load(folder.Path, "train", Unchecked)).Message);
    }

    [TestMethod]
    public void An_unknown_class_is_an_error()
    {
        using var folder = Folder(Clean);
        var options = Unchecked with { Categories = ["dog", "bird"] };
        var error = Assert.ThrowsExactly<DatasetException>(() => VocDataset.Load(folder.Path, "train", options));
        Assert.Contains("\"cat\" is not among dog, bird", error.Found);
        Assert.Contains("line 10, object 2", error.Place);
    }

    [TestMethod]
    public void Boxes_outside_are_clipped_and_boxes_without_size_dropped()
    {
        using var folder = Folder(Clean.Replace("<xmax>20<", "<xmax>25<").Replace("<xmax>8.5<", "<xmax>2<"));
        var dataset = VocDataset.Load(folder.Path, "train", Unchecked);
        Assert.AreEqual(new Box(1, 1, 20, 10), Assert.ContainsSingle(dataset.Images[0].Boxes).Box);
        CollectionAssert.AreEqual(
            new[] { "line 5, object 1", "line 10, object 2" }, dataset.Problems.Select(p => p.Place).ToArray());
    }

    [TestMethod]
    [DataRow("val", "does not exist", "train")]
    [DataRow("typo", "Annotations", "line 2")]
    [DataRow("twice", "listed twice", "line 2")]
    public void Bad_splits_are_named(string split, string first, string second)
    {
        using var folder = Folder(Clean);
        folder.Write("ImageSets/Main/typo.txt", "b\nc\n");
        folder.Write("ImageSets/Main/twice.txt", "b 1\nb 1\n");
        var error = Assert.ThrowsExactly<DatasetException>(() => VocDataset.Load(folder.Path, split, Unchecked));
        Assert.Contains(first, error.Message);
        Assert.Contains(second, error.Message);
    }

    [TestMethod]
    public void Names_in_a_split_may_have_spaces()
    {
        using var folder = Folder(Clean);
        folder.Write("Annotations/b 1.xml", Clean.Replace("b.jpg", "b 1.jpg"));
        folder.Write("Annotations/b c.xml", Clean.Replace("b.jpg", "b c.jpg"));
        folder.Write("ImageSets/Main/spaced.txt", "b 1\nb c  1\na -1\n");
        CollectionAssert.AreEquivalent(new[] { "b 1.jpg", "b c.jpg", "a.jpg" },
            VocDataset.Load(folder.Path, "spaced", Unchecked).Images.Select(image => image.FileName).ToArray());
    }

    [TestMethod]
    public void A_missing_folder_or_image_is_named()
    {
        using var folder = Folder(Clean);
        var error = Assert.ThrowsExactly<DatasetException>(() => VocDataset.Load(folder.Path, "train"));
        Assert.Contains(folder.File("JPEGImages", "b.jpg"), error.Found);
        Assert.IsEmpty(VocDataset.Load(folder.Path, "train", new() { MissingImages = MissingImages.Skip }).Images);
        Assert.ThrowsExactly<DatasetException>(() => VocDataset.Load(folder.File("nowhere")));
    }

    [TestMethod]
    public void Agrees_with_the_coco_form_of_a_real_data_set()
    {
        var bccd = SharedFolder.Require("datasets", "bccd");
        var images = Path.Combine(bccd, "BCCD", "JPEGImages");
        var coco = CocoDataset.Load(Path.Combine(bccd, "annotations", "instances_val.json"), images);
        var options = new VocOptions { Categories = ["RBC", "WBC", "Platelets"] };
        var voc = VocDataset.Load(Path.Combine(bccd, "BCCD"), "val", options);

        Assert.HasCount(coco.Images.Length, voc.Images);
        foreach (var (a, b) in coco.Images.Zip(voc.Images))
        {
            Assert.AreEqual(a with { Boxes = [] }, b with { Boxes = [] });
            CollectionAssert.AreEqual(a.Boxes.Select(x => x.Box).ToArray(), b.Boxes.Select(x => x.Box).ToArray());
            CollectionAssert.AreEqual(
                a.Boxes.Select(x => x.Category).ToArray(), b.Boxes.Select(x => x.Category).ToArray());
        }
    }

    private static TemporaryFolder Folder(string annotation)
    {
        var folder = new TemporaryFolder();
        folder.Write("Annotations/b.xml", annotation);
        folder.Write("Annotations/a.xml", Clean.Replace("b.jpg", "a.jpg").Replace("dog", "bird"));
        folder.Write("ImageSets/Main/train.txt", "b\n\n");
        return folder;
    }
}
