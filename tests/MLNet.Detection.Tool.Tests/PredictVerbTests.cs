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
    public void A_picture_that_is_given_twice_is_looked_at_once()
    {
        using var folder = new ToolFolder();
        var one = Directory.GetFiles(folder.Shapes.Images).Order().First();
        Assert.AreEqual(0, ToolFolder.Run("predict", folder.Model, folder.Shapes.Images, folder.Shapes.Images + "/", one,
            "--json", folder.At("found.json")));
        using var document = JsonDocument.Parse(File.ReadAllText(folder.At("found.json")));
        string[] files = [.. document.RootElement.EnumerateArray().Select(picture => picture.GetProperty("file").GetString()!)];
        CollectionAssert.AreEquivalent(
            Directory.GetFiles(folder.Shapes.Images).Select(Path.GetFileName).ToArray(), files);
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

    // Two folders with a picture of one name each, and one of another name.
    private static (string First, string Second) OneName(ToolFolder folder)
    {
        var pictures = Directory.GetFiles(folder.Shapes.Images).Order().ToArray();
        foreach (var name in new[] { "a", "b" })
            File.Copy(pictures[name == "a" ? 0 : 1], Path.Combine(Directory.CreateDirectory(folder.At(name)).FullName, "same.png"));
        File.Copy(pictures[2], folder.At("b/other.png"));
        return (folder.At("a"), folder.At("b"));
    }

    [TestMethod]
    [DataRow(false), DataRow(true)]
    public void Pictures_that_would_be_written_to_one_file_are_refused_with_both_paths(bool overwrite)
    {
        using var folder = new ToolFolder();
        var (first, second) = OneName(folder);
        var (code, errors) = ToolFolder.RunWithErrors(["predict", folder.Model, first, second, "--boxes", folder.At("boxes"), "--json", folder.At("found.json"),
            .. overwrite ? new[] { "--overwrite" } : []]);
        Assert.AreEqual(1, code);
        StringAssert.Contains(errors, Path.Combine(first, "same.png"));
        StringAssert.Contains(errors, Path.Combine(second, "same.png"));
        StringAssert.Contains(errors, "rename one");
        Assert.IsFalse(Directory.Exists(folder.At("boxes")));
    }

    [TestMethod]
    public void Pictures_of_one_name_are_told_apart_by_their_paths()
    {
        using var folder = new ToolFolder();
        var (first, second) = OneName(folder);
        Assert.AreEqual(0, ToolFolder.Run("predict", folder.Model, first, second, "--json", folder.At("found.json")));
        using var document = JsonDocument.Parse(File.ReadAllText(folder.At("found.json")));
        CollectionAssert.AreEqual(
            new[] { Path.Combine(first, "same.png"), "other.png", Path.Combine(second, "same.png") },
            document.RootElement.EnumerateArray().Select(picture => picture.GetProperty("file").GetString()).ToArray());
    }

    [TestMethod]
    public void A_copy_that_exists_is_refused_before_the_first_picture()
    {
        using var folder = new ToolFolder();
        var last = Path.GetFileName(Directory.GetFiles(folder.Shapes.Images).Order(StringComparer.Ordinal).Last());
        Directory.CreateDirectory(folder.At("boxes"));
        Assert.AreEqual(0, ToolFolder.Run("predict", folder.Model, Path.Combine(folder.Shapes.Images, last), "--boxes", folder.At("boxes/")));
        Assert.AreEqual(1, ToolFolder.Run("predict", folder.Model, folder.Shapes.Images, "--boxes", folder.At("boxes")));
        Assert.HasCount(1, Directory.GetFiles(folder.At("boxes")));
    }

    [TestMethod]
    [DataRow("--json", "model.onnx", "the model"), DataRow("--json", "results.json", "--coco"),
        DataRow("--json", "shapes/../results.json", "--coco"), DataRow("--coco", "test.json", "--annotations"),
        DataRow("--boxes", "pictures", "a picture")]
    public void What_the_run_reads_is_not_replaced(string option, string path, string meaning)
    {
        using var folder = new ToolFolder();
        File.Copy(folder.Shapes.Test, folder.At("test.json"));
        using var encoder = new ImageEncoder(ImageFormat.Jpeg);
        using var decoder = new ImageDecoder();
        foreach (var (_, name) in CocoAnnotations.Load(folder.Shapes.Test).FileNames)
        {
            var copy = Path.Combine(folder.At("pictures"), Path.ChangeExtension(name, ".jpg"));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, encoder.Encode(decoder.DecodeFile(Path.Combine(folder.Shapes.Images, name))));
        }
        File.WriteAllText(folder.At("test.json"), File.ReadAllText(folder.At("test.json")).Replace(".png", ".jpg"));
        Dictionary<string, string> Contents() => Directory.GetFiles(folder.Root, "*", SearchOption.AllDirectories)
            .ToDictionary(file => file, file => Convert.ToHexString(File.ReadAllBytes(file)));
        var before = Contents();
        string[] coco = option == "--coco" ? [] : ["--coco", folder.At("results.json")];
        var (code, errors) = ToolFolder.RunWithErrors(["predict", folder.Model, "--annotations", folder.At("test.json"), "--images", folder.At("pictures"),
            .. coco, option, folder.At(path), "--overwrite"]);
        Assert.AreEqual(1, code);
        StringAssert.Contains(errors, meaning);
        CollectionAssert.AreEquivalent(before, Contents());
    }

    [TestMethod]
    public void A_report_does_not_replace_what_it_is_of()
    {
        using var folder = new ToolFolder();
        var before = File.ReadAllText(folder.Shapes.Test);
        Assert.AreEqual(1, ToolFolder.Run(
            "report", folder.Shapes.Test, "--images", folder.Shapes.Images, "--json", folder.Shapes.Test, "--overwrite"));
        Assert.AreEqual(before, File.ReadAllText(folder.Shapes.Test));
        Assert.AreEqual(1, ToolFolder.Run("report", folder.Shapes.Test, "--images", folder.Shapes.Images, "--json", folder.At("r"),
            "--html", folder.At("r"), "--overwrite"));
        Assert.IsFalse(File.Exists(folder.At("r")));
    }

    [TestMethod]
    public void Pictures_of_a_kind_that_cannot_be_read_are_counted_once()
    {
        using var folder = new ToolFolder();
        Directory.CreateDirectory(Path.Combine(folder.Shapes.Images, "below"));
        foreach (var name in new[] { "a.tif", "below/b.TIFF", "c.heic", "notes.txt", "labels.json", "labels.xml" })
            File.WriteAllText(Path.Combine(folder.Shapes.Images, name), "");
        var (code, errors) = ToolFolder.RunWithErrors("predict", folder.Model, folder.Shapes.Images, "--json", folder.At("found.json"));
        Assert.AreEqual(0, code);
        Assert.HasCount(1, errors.Split('\n').Where(line => line.Contains("Left out")).ToList());
        StringAssert.Contains(errors, $"3 files of {folder.Shapes.Images} that end in .heic, .tif, .tiff");
        Assert.DoesNotContain("Left out", ToolFolder.RunWithErrors("predict", folder.Model, Directory.GetFiles(folder.Shapes.Images, "*.jpg")
            .Concat(Directory.GetFiles(folder.Shapes.Images, "*.png")).First(), "--json", folder.At("one.json")).Errors);
    }
}
