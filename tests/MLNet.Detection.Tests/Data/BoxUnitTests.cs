using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Tests.Data.Formats;

namespace MLNet.Detection.Tests.Data;

/// <summary>Boxes as parts of the picture, in every format that counts in pixels; the picture has 40 x 20 of them.</summary>
[TestClass]
public sealed class BoxUnitTests
{
    private const string CreateML = """
        [{"image": "x.png", "annotations": [{"label": "a", "coordinates": {"x": 0.3, "y": 0.5, "width": 0.4,
        "height": 0.5}}, BOX]}]
        """;

    private const string Vott = """
        {"tags": [{"name": "a"}], "assets": {"1": {"asset": {"name": "x.png"}, "regions": [{"tags": ["a"],
        "boundingBox": {"left": 0.1, "top": 0.25, "width": 0.4, "height": 0.5}}, BOX]}}}
        """;

    private const string LabelMe = """
        {"imagePath": "x.png", "imageWidth": 0, "imageHeight": 0, "shapes": [{"label": "a", "shape_type": "rectangle",
        "points": [[0.1, 0.25], [0.5, 0.75]]}, BOX]}
        """;

    private const string Voc = "<annotation><filename>x.png</filename><object><name>a</name><bndbox><xmin>0.1</xmin>"
        + "<ymin>0.25</ymin><xmax>0.5</xmax><ymax>0.75</ymax></bndbox></object>BOX</annotation>";

    private const string VocPixels = "<object><name>a</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax>"
        + "<ymax>9</ymax></bndbox></object>";

    private const string Csv = "filename,class,xmin,ymin,xmax,ymax\nx.png,a,0.1,0.25,0.5,0.75\nBOX";

    private const string Coco = """
        {"images": [{"id": 1, "file_name": "x.png"}], "categories": [{"id": 1, "name": "a"}], "annotations": [{"id": 1,
        "image_id": 1, "category_id": 1, "bbox": [0.1, 0.25, 0.4, 0.5]}, BOX]}
        """;

    private static IEnumerable<object[]> Files =>
    [
        ["coco", "a.json", Coco, """{"id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 2, 29, 7]}"""],
        ["createml", "a.json", CreateML,
            """{"label": "a", "coordinates": {"x": 15.5, "y": 5.5, "width": 29, "height": 7}}"""],
        ["vott", "a.json", Vott,
            """{"tags": ["a"], "boundingBox": {"left": 1, "top": 2, "width": 29, "height": 7}}"""],
        ["labelme", "x.json", LabelMe,
            """{"label": "a", "shape_type": "rectangle", "points": [[1, 2], [30, 9]]}"""],
        ["voc", "x.xml", Voc, VocPixels],
        ["csv", "a.csv", Csv, "x.png,a,1,2,30,9"],
    ];

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void Parts_are_scaled_with_one_warning(string format, string name, string content, string pixels)
    {
        using var folder = Folder(name, content, "");
        var dataset = Load(format, folder, name);
        var image = Assert.ContainsSingle(dataset.Images);
        Assert.AreEqual((40, 20), (image.Width, image.Height));
        SampleData.AreNear(new(4, 5, 20, 15), Assert.ContainsSingle(image.Boxes).Box);
        Assert.AreEqual(160, image.Boxes[0].Area, 1e-2);
        Assert.AreEqual(DatasetProblemKind.Scaled, Assert.ContainsSingle(dataset.Problems).Kind, pixels);
    }

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void Two_units_in_a_file_are_refused(string format, string name, string content, string pixels)
    {
        using var folder = Folder(name, content, pixels);
        var error = Assert.ThrowsExactly<DatasetException>(() => Load(format, folder, name));
        Assert.Contains("the box 0.1 0.25 0.5 0.75 is in parts of its picture, but 1 2 30 9", error.Found);
    }

    // A whole first pixel, marks of 0 0 0 0, and one slip among many are no parts.
    [TestMethod]
    [DataRow("x.png,a,0,0,1,1", 1)]
    [DataRow("x.png,a,0,0,0,0", 1)]
    [DataRow("x.png,a,0.2,0.3,0.9,0.8", 1200)]
    public void Pixels_stay_pixels(string line, int pixels)
    {
        var lines = Enumerable.Repeat("x.png,a,4,5,20,15", pixels).Prepend(line);
        using var folder = Folder("a.csv", "filename,class,xmin,ymin,xmax,ymax\n" + string.Join('\n', lines), "");
        var dataset = Load("csv", folder, "a.csv");
        Assert.AreEqual(new Box(4, 5, 20, 15), dataset.Images[0].Boxes[^1].Box);
        Assert.DoesNotContain(problem => problem.Kind == DatasetProblemKind.Scaled, dataset.Problems);
        Assert.AreEqual(pixels > 1, dataset.Problems.Any(problem => problem.Message.Contains("the first pixel")));
    }

    [TestMethod]
    [DataRow("-0.1,0,1.1,1", true)]
    [DataRow("0,0,1.2,1", false)]
    public void A_tenth_beyond_the_picture_is_the_most(string corners, bool areParts)
    {
        using var folder = Folder("a.csv", $"filename,class,xmin,ymin,xmax,ymax\nx.png,a,{corners}", "");
        var box = Assert.ContainsSingle(Load("csv", folder, "a.csv").Images[0].Boxes).Box;
        Assert.AreEqual(areParts ? new Box(0, 0, 40, 20) : new Box(0, 0, 1.2f, 1), box);
    }

    [TestMethod]
    public void One_based_corners_of_parts_do_not_move()
    {
        using var folder = Folder("x.xml", Voc, "");
        var dataset = VocDataset.Load(folder.Path, null, new() { Coordinates = VocCoordinates.OneBasedInclusive });
        SampleData.AreNear(new(4, 5, 20, 15), dataset.Images[0].Boxes[0].Box);
    }

    private static TemporaryFolder Folder(string name, string content, string box)
    {
        var folder = new TemporaryFolder();
        folder.Write(name, content.Replace(", BOX", box.Length > 0 ? ", " + box : "").Replace("BOX", box));
        SampleData.WritePicture(folder.File("x.png"), 40, 20);
        return folder;
    }

    private static DetectionDataset Load(string format, TemporaryFolder folder, string name) =>
        DatasetFormat.Named(format).Load(format is "voc" or "labelme" ? folder.Path : folder.File(name));
}
