using System.Text;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Data;

[TestClass]
public sealed class JsonCursorTests
{
    // Texts longer than the cursor's buffer, values across its ends, on 200 lines.
    [TestMethod]
    [DataRow(1)]
    [DataRow(777)]
    [DataRow(65_536)]
    [DataRow(300_000)]
    public void Files_larger_than_the_buffer_are_read(int textLength)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("x.json", Coco(200, textLength, "10"));
        var dataset = CocoDataset.Load(file, folder.Path, new() { MissingImages = MissingImages.Unchecked });
        CollectionAssert.AreEqual(
            Enumerable.Range(1, 200).Select(i => (long)i).ToArray(),
            dataset.Images[0].Boxes.Select(b => b.Id).ToArray());
        Assert.AreEqual(new ConversionLoss("segmentations", 200), Assert.ContainsSingle(dataset.Unread));
    }

    [TestMethod]
    [DataRow("0", "clipped", DisplayName = "a problem")]
    [DataRow("\"x\"", "the text \"x\"", DisplayName = "an error")]
    public void Lines_are_counted_across_buffers(string height, string message)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("x.json", Coco(200, 5000, height == "0" ? "99" : height));
        var options = new CocoOptions { MissingImages = MissingImages.Unchecked };
        var place = "";
        if (height == "0")
        {
            var problem = CocoDataset.Load(file, folder.Path, options).Problems[150];
            (place, message) = (problem.Place, "clipped");
            Assert.Contains(message, problem.Message);
            Assert.StartsWith("line 152, annotations[150]", place);
        }
        else
        {
            var error = Assert.ThrowsExactly<DatasetException>(() => CocoDataset.Load(file, folder.Path, options));
            Assert.Contains(message, error.Found);
            Assert.StartsWith("line 2, annotations[0].bbox", error.Place);
        }
    }

    private static string Coco(int annotations, int textLength, string height)
    {
        var text = new StringBuilder("{\"images\": [{\"id\": 1, \"file_name\": \"x\", \"width\": 50, \"height\": 60}],")
            .Append(" \"categories\": [{\"id\": 1, \"name\": \"dog\"}], \"annotations\": [\n");
        for (var i = 1; i <= annotations; i++)
            text.Append($"{{\"id\": {i}, \"image_id\": 1, \"note\": \"{new string('é', textLength / 2)}\", ")
                .Append($"\"category_id\": 1, \"segmentation\": [[1, {i}.25]], \"bbox\": [1, 2, 3, {height}]}}")
                .Append(i < annotations ? ",\n" : "\n");
        return text.Append("]}").ToString();
    }
}
