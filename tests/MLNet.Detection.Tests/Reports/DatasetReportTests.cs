using System.Text.Json;
using System.Xml.Linq;
using MLNet.Detection.Data;
using MLNet.Detection.Data.Inspection;
using MLNet.Detection.Images;
using MLNet.Detection.Reports;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Data.Formats;

namespace MLNet.Detection.Tests.Reports;

[TestClass]
public sealed class DatasetReportTests
{
    [TestMethod]
    public void The_page_shows_parts_classes_suspicions_and_pictures()
    {
        using var folder = new TemporaryFolder();
        var (splits, inspection) = Inspected(folder);
        DatasetReport.WriteHtml(inspection, splits, folder.File("x.html"));
        var page = File.ReadAllText(folder.File("x.html"));

        var document = XDocument.Parse(page[page.IndexOf("<main>", StringComparison.Ordinal)..]
            .Replace("</main></body></html>", "</main>"));
        CollectionAssert.AreEqual(
            new[] { "Parts", "Classes", "Distributions", "Suspicions (2)", "Suspicious pictures", "Some pictures" },
            document.Descendants("h2").Select(heading => heading.Value).ToArray());
        Assert.Contains("cat, &quot;wild&quot;", page);
        Assert.Contains("the same picture as a/b.png in train", page);
        Assert.AreEqual(2 + 4, document.Descendants("image").Count());
        // A tiny box alone, the picture of both parts with all of its boxes; then each picture once.
        Assert.AreEqual(1 + 2 + 3 + 2, document.Descendants("rect").Count());
        Assert.Contains("Best possible recall of 1 anchors", page);
        Assert.AreEqual(page, DatasetReport.Render(inspection, splits));
        Assert.ThrowsExactly<IOException>(() => DatasetReport.WriteHtml(inspection, splits, folder.File("x.html")));
        DatasetReport.WriteHtml(inspection, splits, folder.File("x.html"), overwrite: true);
    }

    [TestMethod]
    public void The_numbers_are_written_as_json()
    {
        using var folder = new TemporaryFolder();
        var (_, inspection) = Inspected(folder);
        DatasetReport.WriteJson(inspection, folder.File("x.json"));
        using var json = JsonDocument.Parse(File.ReadAllText(folder.File("x.json")));
        var train = json.RootElement.GetProperty("splits")[0];
        Assert.AreEqual("train", train.GetProperty("name").GetString());
        Assert.AreEqual(1, train.GetProperty("empty_images").GetInt32());
        Assert.AreEqual("same_picture_in_parts",
            json.RootElement.GetProperty("suspicions")[1].GetProperty("kind").GetString());
        Assert.AreEqual(JsonValueKind.Null, json.RootElement.GetProperty("anchors")[0].GetProperty("classes")[2]
            .GetProperty("recall50").ValueKind);
        Assert.ThrowsExactly<IOException>(() => DatasetReport.WriteJson(inspection, folder.File("x.json")));
    }

    [TestMethod]
    public void A_data_set_without_boxes_or_pictures_is_shown()
    {
        DatasetSplit[] splits = [new("", new("empty", [new(1, "dog")], []))];
        Assert.Contains("Suspicions (0)", DatasetReport.Render(DatasetInspection.Of(splits), splits));
    }

    // A picture of the first part is in the second as well.
    private static (DatasetSplit[], DatasetInspection) Inspected(TemporaryFolder folder)
    {
        var full = SampleData.Full;
        SampleData.WritePictures(full, folder.Path);
        LabeledImage[] images = [.. full.Images.Select(image => image with { Path = folder.File(image.FileName) })];
        DatasetSplit[] splits =
        [
            new("train", new("a", full.Categories, images)), new("val", new("b", full.Categories, [images[0]])),
        ];
        return (splits, DatasetInspection.Of(splits, new()
        {
            Anchors = [new(0, 0, 10, 10)], Resize = new ImageResize(40, 20), TinySide = 6,
        }));
    }
}
