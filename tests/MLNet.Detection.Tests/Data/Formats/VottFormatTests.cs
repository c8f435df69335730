using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data.Formats;

[TestClass]
public sealed class VottFormatTests
{
    private const string Clean = """
        {"name": "p", "tags": [{"name": "dog", "color": "#000"}, {"name": "cat"}], "assets": {"a1": {
          "asset": {"name": "x.png", "path": "file:/elsewhere/x.png", "size": {"width": 40, "height": 20}},
          "regions": [
            {"id": "r", "type": "RECTANGLE", "tags": ["cat", "dog"],
             "boundingBox": {"left": 1, "top": 2, "width": 10.5, "height": 4}},
            {"type": "POLYGON", "tags": ["cat"], "boundingBox": {"left": 0, "top": 0, "width": 5, "height": 5}},
            {"type": "RECTANGLE", "tags": [], "boundingBox": {"left": 0, "top": 0, "width": 5, "height": 5}}]}}}
        """;

    [TestMethod]
    public void A_region_with_two_tags_is_two_boxes()
    {
        using var file = Small(Clean);
        var dataset = file.Load();
        CollectionAssert.AreEqual(new[] { new Category(0, "dog"), new Category(1, "cat") }, dataset.Categories);
        var boxes = Assert.ContainsSingle(dataset.Images).Boxes;
        CollectionAssert.AreEqual(new[] { 1, 0, 1 }, boxes.Select(box => box.Category).ToArray());
        Assert.AreEqual(new Box(1, 2, 11.5f, 6), boxes[0].Box);
        Assert.AreEqual("assets.a1.regions[2]", Assert.ContainsSingle(dataset.Problems).Place);
        Assert.AreEqual(1, Assert.ContainsSingle(dataset.Unread).Count);
    }

    [TestMethod]
    [DataRow("\"tags\": [\"cat\"]", "\"tags\": [\"cow\"]", "assets.a1.regions[1]", "the class \"cow\" is not among")]
    [DataRow("\"left\": 1", "\"left\": \"i\"", "assets.a1.regions[0].boundingBox.left", "found \"i\" where a number")]
    [DataRow("\"width\": 40", "\"width\": -1", "assets.a1.asset.size.width", "found -1 where a number of pixels")]
    [DataRow("\"asset\":", "\"picture\":", "assets.a1", "the key \"asset\" is missing")]
    [DataRow("\"x.png\"", "\"/x.png\"", "assets.a1.asset", "is absolute")]
    public void Bad_content_is_named(string good, string bad, string place, string found)
    {
        Assert.Contains(good, Clean);
        using var file = Small(Clean.Replace(good, bad));
        file.Refuses(place, found);
    }

    private static SmallFile Small(string content) => new(DatasetFormat.Vott, "a.json", content);
}
