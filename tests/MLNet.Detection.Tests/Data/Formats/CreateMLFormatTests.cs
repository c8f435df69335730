using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data.Formats;

[TestClass]
public sealed class CreateMLFormatTests
{
    private const string Clean = """
        [{"image": "x.png", "annotations": [
          {"label": "dog", "coordinates": {"x": 10, "y": 5.5, "width": 4, "height": 3}},
          {"label": "cat", "coordinates": {"x": 39, "y": 10, "width": 6, "height": 4}}]}]
        """;

    [TestMethod]
    [DataRow("image", "annotations")]
    [DataRow("imagefilename", "annotation")]
    public void Boxes_lie_around_their_centres(string image, string annotations)
    {
        using var file = Small(Clean.Replace("\"image\"", $"\"{image}\"").Replace("annotations", annotations));
        var dataset = file.Load();
        CollectionAssert.AreEqual(new[] { new Category(1, "cat"), new Category(2, "dog") }, dataset.Categories);
        var boxes = Assert.ContainsSingle(dataset.Images).Boxes;
        Assert.AreEqual(new LabeledBox(new Box(8, 4, 12, 7), 1, 12, Id: 1), boxes[0]);
        Assert.AreEqual(new Box(36, 8, 40, 12), boxes[1].Box);
        var problem = Assert.ContainsSingle(dataset.Problems);
        Assert.AreEqual("[0], annotations[1]".Replace("annotations", annotations), problem.Place);
        Assert.Contains("clipped", problem.Message);
    }

    [TestMethod]
    public void Given_classes_keep_their_order()
    {
        using var file = Small(Clean);
        var dataset = file.Load(new() { Categories = ["dog", "bird", "cat"] });
        CollectionAssert.AreEqual(new[] { "dog", "bird", "cat" }, dataset.Categories.Select(c => c.Name).ToArray());
        CollectionAssert.AreEqual(new[] { 0, 2 }, dataset.Images[0].Boxes.Select(box => box.Category).ToArray());
        var error = Assert.ThrowsExactly<DatasetException>(() => file.Load(new() { Categories = ["dog"] }));
        Assert.Contains("the class \"cat\" is not among dog", error.Found);
    }

    [TestMethod]
    [DataRow("\"label\": \"dog\"", "\"label\": 3", "[0], annotations[0].label", "found 3 where a text belongs")]
    [DataRow("\"x\": 10", "\"z\": 10", "[0], annotations[0].coordinates", "the key \"x\" is missing")]
    [DataRow("\"x\": 10", "\"x\": \"10 px\"", "[0], annotations[0].coordinates.x", "found \"10 px\" where a number belongs")]
    [DataRow("\"image\"", "\"file\"", "[0]", "the key \"image\" is missing")]
    [DataRow("x.png", "../x.png", "[0], image", "leaves the image folder")]
    [DataRow("x.png", "y.png", "[0], image", "y.png does not exist")]
    public void Bad_content_is_named(string good, string bad, string place, string found)
    {
        Assert.Contains(good, Clean);
        using var file = Small(Clean.Replace(good, bad));
        file.Refuses(place, found);
    }

    [TestMethod]
    public void Damage_is_named_by_its_line()
    {
        using var file = Small(Clean.Replace("5.5,", "5.5"));
        var error = Assert.ThrowsExactly<DatasetException>(() => file.Load());
        Assert.StartsWith("line 2", error.Place);
        Assert.Contains("not well formed", error.Found);
    }

    private static SmallFile Small(string content) => new(DatasetFormat.CreateML, "a.json", content);
}
