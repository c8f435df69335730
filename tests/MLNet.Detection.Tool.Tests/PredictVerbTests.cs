using System.Text.Json;
using MLNet.Detection.Detectors;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tool.Tests;

[TestClass]
public sealed class PredictVerbTests
{
    [TestMethod]
    public void Results_are_those_of_the_library_with_the_ids_of_the_annotations()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(0, ToolFolder.Run("predict", folder.Model, "--annotations", folder.Shapes.Test,
            "--images", folder.Shapes.Images, "--coco", folder.At("results.json"), "--batch", "3"));
        var annotations = CocoAnnotations.Load(folder.Shapes.Test);
        var results = CocoResults.Load(folder.At("results.json"), annotations).ToLookup(result => result.ImageId);
        using var detector = new Detector(folder.Detector, batchSize: 1);
        using var decoder = new ImageDecoder();
        Assert.IsNotEmpty(annotations.FileNames);
        foreach (var (id, name) in annotations.FileNames)
        {
            var found = detector.Detect([decoder.DecodeFile(Path.Combine(folder.Shapes.Images, name))])[0];
            Assert.IsNotEmpty(found);
            Assert.HasCount(found.Length, results[id].ToList());
            foreach (var (expected, actual) in found.Zip(results[id]))
            {
                Assert.AreEqual(annotations.Categories[expected.Class].Id, actual.CategoryId);
                Assert.AreEqual(expected.Score, actual.Score, 1e-5);
                Assert.AreEqual(expected.Box.X0, actual.Box.X, 1e-2);
            }
        }
    }

    [TestMethod]
    public void Json_has_the_objects_of_the_threshold_and_says_what_cannot_be_read()
    {
        using var folder = new ToolFolder();
        File.WriteAllText(Path.Combine(folder.Shapes.Images, "broken.jpg"), "no picture");
        Assert.AreEqual(0, ToolFolder.Run(
            "predict", folder.Model, folder.Shapes.Images, "--json", folder.At("found.json"), "--threshold", "0"));
        using var document = JsonDocument.Parse(File.ReadAllText(folder.At("found.json")));
        var pictures = document.RootElement.EnumerateArray().ToDictionary(p => p.GetProperty("file").GetString()!);
        Assert.HasCount(11, pictures);
        StringAssert.Contains(pictures["broken.jpg"].GetProperty("problem").GetString(), "broken.jpg");
        var entry = pictures.Values.First(picture => picture.TryGetProperty("objects", out _));
        var found = entry.GetProperty("objects")[0];
        CollectionAssert.Contains(folder.Detector.Classes.ToArray(), found.GetProperty("class").GetString());
        Assert.AreEqual(4, found.GetProperty("box").GetArrayLength());
        Assert.AreEqual(0, ToolFolder.Run(
            "predict", folder.Model, folder.Shapes.Images, "--json", folder.At("none.json"), "--threshold", "1"));
        Assert.DoesNotContain("score", File.ReadAllText(folder.At("none.json")));
    }

    [TestMethod]
    public void Files_that_exist_stay_and_are_refused_before_any_picture_is_read()
    {
        using var folder = new ToolFolder();
        File.WriteAllText(folder.At("found.json"), "mine");
        Assert.AreEqual(1, ToolFolder.Run("predict", folder.Model, folder.Shapes.Images, "--json", folder.At("found.json"),
            "--boxes", folder.At("boxes")));
        Assert.AreEqual("mine", File.ReadAllText(folder.At("found.json")));
        Assert.IsFalse(Directory.Exists(folder.At("boxes")));
        Assert.AreEqual(1, ToolFolder.Run("predict", folder.Model, folder.Shapes.Images, "--json", folder.Root));
        Assert.AreEqual(0, ToolFolder.Run("predict", folder.Model, folder.Shapes.Images, "--json", folder.At("new/found.json")));
        Assert.IsTrue(File.Exists(folder.At("new/found.json")));
    }

    [TestMethod]
    public void Pictures_get_frames_where_objects_are()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(0, ToolFolder.Run(
            "predict", folder.Model, folder.Shapes.Images, "--boxes", folder.At("boxes"), "--threshold", "0"));
        using var decoder = new ImageDecoder();
        var name = Directory.GetFiles(folder.Shapes.Images).Select(Path.GetFileName).Order().First()!;
        var (before, after) = (decoder.DecodeFile(Path.Combine(folder.Shapes.Images, name)),
            decoder.DecodeFile(Path.Combine(folder.At("boxes"), name)));
        using var detector = new Detector(folder.Detector, batchSize: 1);
        var box = detector.Detect([before])[0][0].Box;
        // The middle of the upper edge of the surest object, which is drawn last.
        var (x, y) = ((int)Math.Clamp(box.CenterX, 0, before.Width - 1), (int)Math.Max(0, MathF.Floor(box.Y0)));
        Assert.IsGreaterThan(60, Enumerable.Range(0, 3).Sum(c => Math.Abs(before.Row(y)[3 * x + c] - after.Row(y)[3 * x + c])));
        Assert.AreEqual(1, ToolFolder.Run("predict", folder.Model, folder.Shapes.Images, "--boxes", folder.At("boxes")),
            "files that exist are kept");
    }

    [TestMethod]
    public void A_name_that_leaves_the_folder_is_not_written()
    {
        using var folder = new ToolFolder();
        var picture = Directory.GetFiles(folder.Shapes.Images)[0];
        Directory.CreateDirectory(folder.At("inner"));
        File.Copy(picture, folder.At("outside.jpg"));
        File.WriteAllText(folder.At("leaves.json"), """
            {"images": [{"id": 1, "file_name": "../outside.jpg", "width": 128, "height": 128}], "annotations": [],
             "categories": []}
            """);
        Assert.AreEqual(1, ToolFolder.Run("predict", folder.Model, "--annotations", folder.At("leaves.json"),
            "--images", folder.At("inner"), "--boxes", folder.At("deep/boxes")));
        Assert.IsFalse(File.Exists(folder.At("deep/outside.jpg")));
    }

    [TestMethod]
    public void Categories_that_the_annotations_lack_are_named()
    {
        using var folder = new ToolFolder();
        var text = File.ReadAllText(folder.Shapes.Test).Replace("\"circle\"", "\"disc\"");
        File.WriteAllText(folder.At("other.json"), text);
        Assert.AreEqual(1, ToolFolder.Run("predict", folder.Model, "--annotations", folder.At("other.json"),
            "--images", folder.Shapes.Images, "--coco", folder.At("results.json")));
        Assert.AreEqual(1, ToolFolder.Run("predict", folder.Model, folder.Shapes.Images, "--coco", folder.At("results.json")),
            "without annotations there are no ids");
    }
}
