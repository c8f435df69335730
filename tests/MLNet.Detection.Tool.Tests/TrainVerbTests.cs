using System.Globalization;
using System.Text.Json.Nodes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tool.Tests;

/// <summary>Data sets that do not list the classes of the training set in its order.</summary>
[TestClass]
public sealed class TrainVerbTests
{
    [TestMethod]
    public void Classes_of_the_test_set_are_found_by_name_and_numbered()
    {
        using var folder = new ToolFolder();
        var test = CocoDataset.Load(folder.Shapes.Test, folder.Shapes.Images);
        var last = test.Categories.Length - 1;
        var objects = test.Images.SelectMany(image => image.Boxes).CountBy(box => box.Category).ToDictionary();
        // Another order, one class less, and one that the detector does not have.
        var turned = new DetectionDataset("turned",
            [.. test.Categories.Skip(1).Reverse(), new Category(77, "star")], test.Images.Select(image => image with
            {
                Boxes = [.. image.Boxes.Where(box => box.Category > 0)
                    .Select(box => box with { Category = last - box.Category })],
            }));
        CocoDataset.Save(turned, folder.At("turned.json"));
        Assert.AreEqual(0, ToolFolder.Run("train", "--train", folder.Shapes.Train, "--val", folder.At("turned.json"),
            "--test", folder.At("turned.json"), "--images", folder.Shapes.Images, "--epochs", "1", "--output",
            folder.At("run")));
        var classes = JsonNode.Parse(File.ReadAllText(folder.At("run/metrics.json")))!["classes"]!.AsArray();
        foreach (var (i, row) in classes.Index())
        {
            Assert.AreEqual(i, (int)row!["number"]!);
            Assert.AreEqual(test.Categories[i].Name, (string)row["name"]!);
            Assert.AreEqual(i == 0 ? 0 : objects.GetValueOrDefault(i), (int)row["objects"]!);
        }
        Assert.HasCount(test.Categories.Length, classes);
    }

    [TestMethod]
    public void Data_without_objects_writes_nothing()
    {
        using var folder = new ToolFolder();
        var train = CocoDataset.Load(folder.Shapes.Train, folder.Shapes.Images);
        CocoDataset.Save(new("empty", train.Categories, train.Images.Select(image => image with { Boxes = [] })),
            folder.At("empty.json"));
        foreach (var role in new[] { "--train", "--test" })
        {
            string[] line = ["train", "--train", folder.Shapes.Train, role, folder.At("empty.json"), "--images",
                folder.Shapes.Images, "--output", folder.At("run")];
            Assert.AreEqual(1, ToolFolder.Run(role == "--train" ? [line[0], .. line[3..]] : line));
            Assert.IsFalse(Directory.Exists(folder.At("run")));
        }
    }

    // The first step sees the same weights and pictures with a teacher and without: its loss is greater by what the teacher says.
    [TestMethod]
    public void A_teacher_is_learnt_from_beside_the_labels()
    {
        using var folder = new ToolFolder();
        string[] line = ["train", "--train", folder.Shapes.Train, "--images", folder.Shapes.Images, "--epochs", "1", "--batch", "2", "--output"];
        Assert.AreEqual(0, ToolFolder.Run([.. line, folder.At("alone")]));
        Assert.AreEqual(0, ToolFolder.Run([.. line, folder.At("taught"), "--teacher", folder.At("alone/model.onnx"), "--distill", "1",
            "--distill-features", "0.5", "--temperature", "2"]));
        var (alone, taught) = (Terms("alone"), Terms("taught"));
        Assert.IsTrue(alone.Keys.All(taught.ContainsKey));
        CollectionAssert.AreEquivalent(new[] { "teacher_classes", "teacher_boxes", "teacher_features" },
            taught.Keys.Except(alone.Keys).ToArray());
        foreach (var term in taught.Keys.Except(alone.Keys))
            Assert.IsGreaterThan(0, taught[term], term);
        Assert.IsGreaterThan(alone["loss"], taught["loss"]);

        Dictionary<string, double> Terms(string run)
        {
            var lines = File.ReadAllLines(folder.At($"{run}/log.csv"));
            return lines[0].Split(',').Zip(lines[1].Split(','))
                .ToDictionary(pair => pair.First, pair => double.Parse(pair.Second, CultureInfo.InvariantCulture));
        }
    }

    [TestMethod]
    public void A_teacher_that_does_not_know_the_classes_is_refused_before_anything_is_written()
    {
        using var folder = new ToolFolder();
        (folder.Detector with { Classes = ["car", .. folder.Detector.Classes.Skip(1)] }).Save(folder.At("other.onnx"));
        Assert.AreEqual(1, ToolFolder.Run("train", "--train", folder.Shapes.Train, "--images", folder.Shapes.Images,
            "--teacher", folder.At("other.onnx"), "--output", folder.At("run")));
        Assert.AreEqual(1, ToolFolder.Run("train", "--train", folder.Shapes.Train, "--images", folder.Shapes.Images,
            "--distill-features", "1", "--output", folder.At("run")), "features of no teacher");
        Assert.IsFalse(File.Exists(folder.At("run/model.onnx")));
    }

    [TestMethod]
    [DataRow("--distill", "3")]
    [DataRow("--temperature", "5")]
    [DataRow("--average-ramp", "5")]
    [DataRow("--anchor-format", "cxcywh")]
    [DataRow("--demo-images", "5")]
    [DataRow("--tiles", "0.5")]
    [DataRow("--balance", "median")]
    [DataRow("--image-size", "64x64")]
    [DataRow("--alpha", "0.5")]
    [DataRow("--gamma", "1")]
    [DataRow("--close-mosaic", "1")]
    public void Options_that_would_do_nothing_are_refused(string option, string value)
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(1, ToolFolder.Run("train", "--train", folder.Shapes.Train, "--images", folder.Shapes.Images, "--epochs", "1",
            "--model", folder.Model, "--output", folder.At("run"), option, value));
        Assert.IsFalse(File.Exists(folder.At("run/log.csv")));
    }

    [TestMethod]
    [DataRow("--lr", "-1", "above 0")]
    [DataRow("--lr", "NaN", "above 0")]
    [DataRow("--epochs", "0", "at least 1")]
    [DataRow("--batch", "0", "from 1 on")]
    [DataRow("--accumulate", "0", "at least 1")]
    [DataRow("--warm-up", "-0.5", "at least 0")]
    [DataRow("--weight-decay", "-0.1", "at least 0")]
    [DataRow("--threads", "-1", "at least 0")]
    public void Numbers_that_no_training_takes_are_refused_by_the_name_of_their_option(string option, string value, string expected)
    {
        using var folder = new ToolFolder();
        var (code, errors) = ToolFolder.RunWithErrors("train", "--train", folder.Shapes.Train, "--images", folder.Shapes.Images,
            "--output", folder.At("run"), option, value);
        Assert.AreEqual(1, code);
        Assert.Contains($"{option} is ", errors);
        Assert.Contains(expected, errors);
        Assert.IsFalse(Directory.Exists(folder.At("run")));
    }

    [TestMethod]
    public void A_run_is_resumed_where_it_lies_and_with_its_data()
    {
        using var folder = new ToolFolder();
        string[] line = ["train", "--train", folder.Shapes.Train, "--images", folder.Shapes.Images, "--epochs", "1", "--batch", "2"];
        Assert.AreEqual(0, ToolFolder.Run([.. line, "--output", folder.At("run")]));
        Assert.AreEqual(1, ToolFolder.Run([.. line, "--resume", folder.At("run"), "--output", folder.At("other")]));
        Assert.AreEqual(1, ToolFolder.Run("train", "--resume", folder.At("run"), "--epochs", "1"));
        Assert.IsFalse(Directory.Exists(folder.At("run/data")), "no generated pictures beside a run on others");
        Assert.AreEqual(0, ToolFolder.Run([.. line, "--resume", folder.At("run"), "--output", folder.At("run")]));
    }

    [TestMethod]
    public void Files_with_a_star_train_with_a_cache_and_balanced_classes()
    {
        using var folder = new ToolFolder();
        var train = CocoDataset.Load(folder.Shapes.Train, folder.Shapes.Images);
        for (var part = 0; part < 2; part++)
            CocoDataset.Save(new("", train.Categories, train.Images.Where((_, i) => i % 2 == part)), folder.At($"train-{part}-of-2.json"));
        string[] line = ["train", "--train", folder.At("train-*-of-2.json"), "--images", folder.Shapes.Images, "--epochs", "1",
            "--batch", "2", "--cache", "100KB", "--sampling", "class-balanced", "--output", folder.At("run")];
        Assert.AreEqual(0, ToolFolder.Run(line));
        Assert.HasCount(1 + 3, File.ReadAllLines(folder.At("run/log.csv")));
        File.Delete(folder.At("train-1-of-2.json"));
        Assert.AreEqual(1, ToolFolder.Run([.. line[..^1], folder.At("other")]));
    }

    [TestMethod]
    [DataRow("--cache", "much", "", "")]
    [DataRow("--sampling", "class-balanced", "--repeat-factor", "0.1")]
    public void A_cache_that_is_no_size_and_two_samplings_are_refused(string option, string value, string other, string otherValue)
    {
        using var folder = new ToolFolder();
        string[] line = ["train", "--train", folder.Shapes.Train, "--images", folder.Shapes.Images, "--output", folder.At("run"),
            option, value, .. other.Length > 0 ? [other, otherValue] : Array.Empty<string>()];
        Assert.AreEqual(1, ToolFolder.Run(line));
        Assert.IsFalse(Directory.Exists(folder.At("run")));
    }

    [TestMethod]
    [DataRow("--loss", "focal")]
    [DataRow("--box-loss", "giou")]
    [DataRow("--rois", "64")]
    public void Options_of_two_stage_detectors_are_refused_elsewhere(string option, string value)
    {
        using var folder = new ToolFolder();
        Assert.AreEqual(1, ToolFolder.Run("train", "--train", folder.Shapes.Train, "--images", folder.Shapes.Images,
            "--model", folder.Model, option, value, "--output", folder.At("run")));
        Assert.IsFalse(Directory.Exists(folder.At("run")));
    }
}
