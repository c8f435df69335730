using System.Text.Json.Nodes;
using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Tool.Tests;

/// <summary>COCO files that can be read, but do not mean what their owner thinks.</summary>
[TestClass, DoNotParallelize]
public sealed class SuspiciousFilesTests
{
    [TestMethod]
    public void Two_categories_of_one_name_are_refused_with_both_ids()
    {
        using var folder = new ToolFolder();
        var twice = Twice(folder);
        string[][] lines =
        [
            ["train", "--train", twice, "--test", folder.Shapes.Test, "--images", folder.Shapes.Images, "--output", folder.At("run")],
            ["train", "--train", twice, "--images", folder.Shapes.Images, "--epochs", "1", "--output", folder.At("run")],
            ["predict", folder.Model, "--annotations", twice, "--images", folder.Shapes.Images, "--coco", folder.At("found.json")],
        ];
        foreach (var line in lines)
        {
            var (code, errors) = ToolFolder.RunWithErrors(line);
            Assert.AreEqual(1, code, errors);
            foreach (var part in new[] { twice, "1 and 77 are both named 'circle'", "Rename one" })
                StringAssert.Contains(errors, part);
        }
        Assert.IsFalse(File.Exists(folder.At("found.json")));
        Assert.IsFalse(Directory.Exists(folder.At("run")));
    }

    [TestMethod]
    public void Two_categories_of_one_name_are_among_the_findings_of_a_report()
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(0, ToolFolder.Run("report", Twice(folder), "--images", folder.Shapes.Images, "--json", folder.At("report.json")));
        StringAssert.Contains(File.ReadAllText(folder.At("report.json")), "categories 1 and 77 are both named");
    }

    [TestMethod]
    public void Detections_that_cannot_be_right_are_counted_with_the_first_place()
    {
        using var folder = new ToolFolder();
        var picture = CocoAnnotations.Load(folder.Shapes.Test).FileNames.Keys.First();
        File.WriteAllText(folder.At("found.json"), $$"""
            [{"image_id": {{picture}}, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5},
             {"image_id": {{picture}}, "category_id": 1, "bbox": [1, 2, -3, 4], "score": 0.5},
             {"image_id": {{picture}}, "category_id": 99, "bbox": [1, 2, 3, 4], "score": 0.5},
             {"image_id": {{picture}}, "category_id": 1, "bbox": [1, 2, 3, 0], "score": 0.5}]
            """);
        var (code, errors) = ToolFolder.RunWithErrors("evaluate", folder.Shapes.Test, folder.At("found.json"));
        Assert.AreEqual(0, code, errors);
        Assert.HasCount(2, errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        StringAssert.Contains(errors, "2 of 4 detections have no width or height above 0. "
            + $"The first: $[1], in picture {picture}, is -3 x 4.");
        StringAssert.Contains(errors, $"1 of 4 detections have a category that {folder.Shapes.Test} lacks. "
            + $"The first: $[2], in picture {picture}, has category_id 99.");
    }

    // The annotations with a second circle.
    private static string Twice(ToolFolder folder)
    {
        var document = JsonNode.Parse(File.ReadAllText(folder.Shapes.Train))!;
        document["categories"]!.AsArray().Add(new JsonObject { ["id"] = 77, ["name"] = "circle" });
        File.WriteAllText(folder.At("twice.json"), document.ToJsonString());
        return folder.At("twice.json");
    }
}
