using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data.Formats;

[TestClass]
public sealed class AzureMLFormatTests
{
    private const string Url = "azureml://subscriptions/a/datastores/b/paths/some/x.png";

    private const string Clean = $$"""{"image_url": "{{Url}}", """
        + """ "image_details": {"format": "png", "width": "40px", "height": 20}, "label": [{"label": "dog", """
        + """ "topX": 0.1, "topY": 0.2, "bottomX": 0.5, "bottomY": 0.75, "isCrowd": true}]}"""
        + "\n\n" + """{"image_url": "sub/y.png", "image_details": {"width": 4, "height": 2}, "label": []}""";

    [TestMethod]
    [DataRow(Url)]
    [DataRow("AmlDatastore://image_data/x.png")]
    [DataRow("https://host/container/x.png")]
    [DataRow("x.png")]
    public void Addresses_are_found_below_the_image_folder(string url)
    {
        using var file = Small(Clean.Replace(Url, url));
        SampleData.WritePicture(Path.Combine(file.Folder, "sub", "y.png"), 4, 2);
        var dataset = file.Load();
        Assert.AreEqual(Path.Combine(file.Folder, "x.png"), dataset.Images[0].Path);
        var box = Assert.ContainsSingle(dataset.Images[0].Boxes);
        SampleData.AreNear(new Box(4, 4, 20, 15), box.Box);
        Assert.IsTrue(box.Crowd);
        Assert.AreEqual(("sub/y.png", 4, 2), (dataset.Images[1].FileName, dataset.Images[1].Width,
            dataset.Images[1].Height));
    }

    [TestMethod]
    [DataRow("true", "2", "line 1, label[0].isCrowd", "found 2 where 0 or 1 belongs")]
    [DataRow("0.75, \"isCrowd\": true", "\"low\"", "line 1, label[0].bottomY", "where a number belongs")]
    [DataRow("\"40px\"", "\"wide\"", "line 1, image_details.width", "found \"wide\" where a number of pixels belongs")]
    [DataRow("some/x.png", "../../x.png", "line 1, image_url", "leaves the image folder")]
    [DataRow("some/x.png", "none.png", "line 1, image_url", "none.png does not exist")]
    public void Bad_content_is_named(string good, string bad, string place, string found)
    {
        Assert.Contains(good, Clean);
        using var file = Small(Clean.Replace(good, bad));
        file.Refuses(place, found);
    }

    [TestMethod]
    public void A_line_that_is_no_json_is_named()
    {
        using var file = Small("{\"image_url\": \"x.png\", \"label\": []}\n{\"image_url\" \"x.png\"}");
        var error = Assert.ThrowsExactly<DatasetException>(() => file.Load());
        Assert.AreEqual("line 2, byte 14", error.Place);
    }

    private static SmallFile Small(string content) => new(DatasetFormat.AzureML, "a.jsonl", content);
}
