using MLNet.Detection.Data;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Tests.Data;

namespace MLNet.Detection.Tests.Evaluation;

[TestClass]
public sealed class CocoFilesTests
{
    private const string Images = """ "images": [{"id": 1, "file_name": "a.jpg"}] """;
    private const string Categories = """ "categories": [{"id": 3, "name": "cell"}] """;

    [TestMethod]
    public void BoxesAreReadExactlyAsWritten()
    {
        using var folder = new TemporaryFolder();
        var file = Write(folder, $$"""
            { {{Images}}, {{Categories}}, "info": {"year": 2026}, "annotations": [
              {"image_id": 1, "category_id": 3, "bbox": [-0.1, 2.25, 1e3, 0], "iscrowd": 1, "segmentation": [[1, 2]]},
              {"image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4], "area": 7.5, "iscrowd": false} ] }
            """);
        var read = CocoAnnotations.Load(file);
        Assert.AreEqual(new BoxXywh(-0.1, 2.25, 1e3, 0), read.GroundTruths[0].Box);
        Assert.IsTrue(read.GroundTruths[0].IsCrowd);
        Assert.AreEqual(7.5, read.GroundTruths[1].Area);
        Assert.IsFalse(read.GroundTruths[1].IsCrowd);
        Assert.AreEqual("a.jpg", read.FileNames[1]);
        Assert.IsNull(read.LvisImages);
    }

    [TestMethod]
    public void WrittenResultsAreReadBack()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "results.json");
        DetectionResult[] results = [new(1, 3, new(0.1, 0.2, 0.3, 0.4), 0.123456789), new(9, 4, new(1, 2, 3, 4), 1)];
        CocoResults.Save(results, path);
        CollectionAssert.AreEqual(results, CocoResults.Load(path).ToArray());
        Assert.ThrowsExactly<IOException>(() => CocoResults.Save([], path));
    }

    [TestMethod]
    [DataRow("[{\"image_id\": 1,\n\"category_id\": 3, \"bbox\": [1, 2, \"x\", 4], \"score\": 1}]", "line 2, $[0].bbox: found the text \"x\"")]
    [DataRow("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": [1, 2, 3], \"score\": 1}]", "\"bbox\" has 3 numbers")]
    [DataRow("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": [1, 2, 3, 4]}]", "score")]
    [DataRow("[{\"image_id\": 2, \"category_id\": 3, \"bbox\": [1, 2, 3, 4], \"score\": 1}]", "has the id 2")]
    [DataRow("[null]", "$[0]: found null where a detection")]
    [DataRow("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": null, \"score\": 1}]", "$[0].bbox: found null")]
    [DataRow("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": [1, null, 3, 4], \"score\": 1}]", "$[0].bbox: found null")]
    [DataRow("[{\"image_id\": 1, \"category_id\": 3, \"bbox\": [1, 2, 3, 4], \"score\": null}]", "$[0].score: found null")]
    [DataRow("[{\"image_id\": null, \"category_id\": 3, \"bbox\": [1, 2, 3, 4], \"score\": 1}]",
        "$[0].image_id: found null")]
    [DataRow("[{\"image_id\": 1.5, \"category_id\": 3, \"bbox\": [1, 2, 3, 4], \"score\": 1}]",
        "$[0].image_id: found 1.5 where a whole number")]
    [DataRow("{}", "line 1")]
    [DataRow("[", "line 1")]
    public void BadResultsAreNamedWithTheirPlace(string json, string part)
    {
        using var folder = new TemporaryFolder();
        var truths = CocoAnnotations.Load(Write(folder, $"{{ {Images}, {Categories}, \"annotations\": [] }}"));
        var file = Write(folder, json, "results.json");
        var error = Assert.ThrowsExactly<DatasetException>(() => CocoResults.Load(file, truths));
        StringAssert.Contains(error.Message, part);
        StringAssert.Contains(error.Message, "results.json");
    }

    [TestMethod]
    [DataRow("{ \"annotations\": [] }", "images")]
    [DataRow("{ IMAGES, CATEGORIES, \"annotations\": [{\"image_id\": 5, \"category_id\": 3, \"bbox\": [1, 2, 3, 4]}] }",
        "line 1, annotations[0]: no picture has the id 5")]
    [DataRow("{ IMAGES, CATEGORIES,\n\"annotations\": [{\"image_id\": 1, \"category_id\": 3, \"bbox\": [1, 2, 3]}] }",
        "line 2, annotations[0].bbox: found 3 numbers")]
    [DataRow("{ IMAGES, \"categories\": [{\"id\": 3, \"name\": \"cell\", \"frequency\": \"x\"}], \"annotations\": [] }",
        "categories[0].frequency: the frequency is \"x\"")]
    public void BadAnnotationsAreNamedWithTheirPlace(string json, string part)
    {
        using var folder = new TemporaryFolder();
        var file = Write(folder, json.Replace("IMAGES", Images).Replace("CATEGORIES", Categories));
        StringAssert.Contains(Assert.ThrowsExactly<DatasetException>(() => CocoAnnotations.Load(file)).Message, part);
    }

    // pycocotools takes them too: 1.0 and 1 are one key of a Python dictionary.
    [TestMethod]
    public void IdsMayBeWrittenAsRealNumbers()
    {
        using var folder = new TemporaryFolder();
        var file = Write(folder, "[{\"image_id\": 1.0, \"category_id\": 3.0, \"bbox\": [1, 2, 3, 4], \"score\": 1}]");
        Assert.AreEqual(new DetectionResult(1, 3, new(1, 2, 3, 4), 1), Assert.ContainsSingle(CocoResults.Load(file)));
    }

    [TestMethod]
    [DataRow("08f-bbox-null", "$[0].bbox: found null")]
    [DataRow("08g-entry-null", "$[0]: found null")]
    public void NullsOfFoundFilesAreNamed(string name, string part)
    {
        var folder = References.PathOf("cases", Path.Combine("60-eval", name));
        var truths = CocoAnnotations.Load(Path.Combine(folder, "gt.json"));
        StringAssert.Contains(Assert.ThrowsExactly<DatasetException>(
            () => CocoResults.Load(Path.Combine(folder, "dt.json"), truths)).Message, part);
    }

    // pycocotools gives .0883: it takes an annotation of id 0 for "no match", so that its detection is a false alarm.
    [TestMethod]
    public void AnAnnotationOfId0IsMatched()
    {
        var folder = References.PathOf("cases", Path.Combine("60-eval", "03-gt-id-0"));
        var truths = CocoAnnotations.Load(Path.Combine(folder, "gt.json"));
        var results = CocoResults.Load(Path.Combine(folder, "dt.json"), truths);
        var metrics = new CocoEvaluation().Evaluate(
            truths.GroundTruths, results, truths.Categories.Select(category => category.Id));
        Assert.AreEqual(0.0935, metrics.MAP50_95, 5e-5);
    }

    [TestMethod]
    public void AMissingFileIsNamed() => StringAssert.Contains(
        Assert.ThrowsExactly<DatasetException>(() => CocoResults.Load("none.json")).Message, "none.json");

    private static string Write(TemporaryFolder folder, string json, string name = "annotations.json")
    {
        var path = Path.Combine(folder.Path, name);
        File.WriteAllText(path, json);
        return path;
    }
}
