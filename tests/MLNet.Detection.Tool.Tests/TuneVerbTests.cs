using System.Text.Json.Nodes;
using MLNet.Detection.Tool.Tuning;

namespace MLNet.Detection.Tool.Tests;

[TestClass]
public sealed class TuneVerbTests
{
    [TestMethod]
    public void HalvingSpendsEpochsOnTheBest()
    {
        var runs = new List<(int Trial, int Epochs)>();
        var found = new SuccessiveHalving(2, 18, 3).Search(
            [.. Enumerable.Range(1, 9).Select(number => new Trial(number, []))], (trial, epochs) =>
            {
                runs.Add((trial.Number, epochs));
                return trial.Number * (epochs == 2 ? 1 : -1) + 100;
            });
        CollectionAssert.AreEquivalent(Enumerable.Range(1, 9).Select(n => (n, 2)).Concat([(7, 6), (8, 6), (9, 6), (7, 18)]).ToArray(), runs);
        CollectionAssert.AreEqual(new[] { 7, 8, 9, 6, 5, 4, 3, 2, 1 }, found.Select(trial => trial.Number).ToArray());
        Assert.AreEqual((18, 93.0), (found[0].Epochs, found[0].Score));
    }

    [TestMethod]
    public void ASearchOfFailuresEnds()
    {
        var runs = 0;
        new SuccessiveHalving(1, 9, 3).Search([new(1, []), new(2, [])], (_, _) => runs++ - 100);
        Assert.AreEqual(2, runs);
        Assert.ThrowsExactly<ArgumentException>(() => new SuccessiveHalving(0, 9, 3).Search([new(1, [])], (_, _) => 1));
    }

    [TestMethod]
    public void ASpaceIsDrawnFrom()
    {
        using var folder = new ToolFolder();
        File.WriteAllText(folder.At("space.json"), """
            { "lr": { "log": [1e-4, 1e-2] }, "batch": { "int": [1, 3] }, "optimizer": ["adamw", "sgd"],
              "augment": [["mosaic", "hsv"], []], "no-bias-decay": [true, false] }
            """);
        var space = SearchSpace.Load(folder.At("space.json"));
        var random = new Random(1);
        var drawn = Enumerable.Range(0, 300).Select(_ => space.Draw(random).ToList()).ToList();
        double[] rates = [.. drawn.Select(d => double.Parse(d[d.IndexOf("--lr") + 1]))];
        Assert.IsTrue(rates.All(rate => rate is >= 1e-4 and <= 1e-2));
        // Half of the range in the logarithm.
        Assert.AreEqual(150, rates.Count(rate => rate < 1e-3), 35);
        CollectionAssert.AreEquivalent(new[] { "1", "2", "3" }, drawn.Select(d => d[d.IndexOf("--batch") + 1]).Distinct().ToArray());
        CollectionAssert.AreEquivalent(new[] { "adamw", "sgd" }, drawn.Select(d => d[d.IndexOf("--optimizer") + 1]).Distinct().ToArray());
        Assert.IsTrue(drawn.Any(d => !d.Contains("--augment")) && drawn.Any(d => d.Contains("hsv")));
        Assert.IsTrue(drawn.Any(d => !d.Contains("--no-bias-decay")) && drawn.Any(d => d.Contains("--no-bias-decay")));
    }

    [TestMethod]
    [DataRow("[]", "holds no object"), DataRow("{}", "nothing to choose"), DataRow("{", "not well-formed"),
        DataRow("{\"lr\": {\"log\": [0, 1]}}", "\"lr\""), DataRow("{\"lr\": {\"log\": [2, 1]}}", "\"lr\""), DataRow("{\"lr\": 3}", "\"lr\""),
        DataRow("{\"lr\": [{}]}", "\"lr\"")]
    public void AnotherSpaceIsRefused(string json, string words)
    {
        using var folder = new ToolFolder();
        File.WriteAllText(folder.At("space.json"), json);
        StringAssert.Contains(Assert.ThrowsExactly<Data.DatasetException>(() => SearchSpace.Load(folder.At("space.json"))).Message, words);
    }

    [TestMethod]
    public void SettingsAreDrawnOnce()
    {
        using var folder = new ToolFolder();
        File.WriteAllText(folder.At("space.json"), """{ "optimizer": ["sgd", "lion"], "batch": { "int": [1, 2] } }""");
        var trials = TrialDraw.Of(SearchSpace.Load(folder.At("space.json")), 9, new Random(1));
        Assert.HasCount(4, trials);
        Assert.HasCount(4, trials.Select(trial => string.Join(' ', trial.Arguments)).Distinct().ToList());
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4 }, trials.Select(trial => trial.Number).ToArray());
    }

    [TestMethod]
    [DataRow("""{ "foo": [1] }""", "'--foo'")]
    [DataRow("""{ "lr": [0.1, "much"] }""", "'much'")]
    [DataRow("""{ "epochs": [1, 2] }""", "--epochs is not for runs of a search")]
    [DataRow("""{ "val": ["a.json", "b.json"] }""", "--val is not for the space")]
    public void OptionsThatNoRunCanHaveAreRefusedBeforeTheFirst(string json, string words)
    {
        using var folder = new ToolFolder();
        File.WriteAllText(folder.At("space.json"), json);
        var trials = TrialDraw.Of(SearchSpace.Load(folder.At("space.json")), 9, new Random(1));
        string[] line = ["--train", folder.Shapes.Train, "--val", folder.Shapes.Test];
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TrialDraw.Check(trials, line)).Message, words);
        Assert.AreEqual(1, ToolFolder.Run(["tune", "--space", folder.At("space.json"), "--output", folder.At("tune"), "--", .. line]));
        Assert.IsFalse(Directory.Exists(folder.At("tune")));
    }

    [TestMethod]
    [DataRow("nonsense")]
    [DataRow("MeanIoU")]
    [DataRow("MAP50_95", "--task", "segment")]
    public void AMetricThatNoRunHasIsRefusedBeforeTheFirst(string metric, params string[] task)
    {
        using var folder = new ToolFolder();
        File.WriteAllText(folder.At("space.json"), """{ "lr": [0.0005] }""");
        var (code, errors) = ToolFolder.RunWithErrors(["tune", "--space", folder.At("space.json"), "--metric", metric, "--output",
            folder.At("tune"), "--", "--train", folder.Shapes.Train, "--val", folder.Shapes.Test, .. task]);
        Assert.AreEqual(1, code);
        StringAssert.Contains(errors, $"--metric is '{metric}'; runs of");
        Assert.IsFalse(Directory.Exists(folder.At("tune")));
        MetricNames.Check("MeanIoU", ["--task", "segment"]);
    }

    // A whole search, twice: the second finds its runs done.
    [TestMethod]
    public void ASearchTrainsAndIsGoneOnWith()
    {
        using var folder = new ToolFolder();
        File.WriteAllText(folder.At("space.json"), """{ "lr": [0.0005, 0.002] }""");
        string[] line = ["tune", "--space", folder.At("space.json"), "--trials", "2", "--least-epochs", "1", "--epochs", "2", "--factor", "2",
            "--output", folder.At("tune"), "--", "--train", folder.Shapes.Train, "--val", folder.Shapes.Test, "--images", folder.Shapes.Images];
        Assert.AreEqual(0, ToolFolder.Run(line));
        var lines = File.ReadAllLines(folder.At("tune/tune.csv"));
        Assert.HasCount(3, lines);
        StringAssert.Matches(lines[1], new(@"^\d,2,0\.\d{4},""--lr 0\.\d+""$"));
        var written = JsonNode.Parse(File.ReadAllText(Directory.GetFiles(folder.At("tune"), "metrics.json", SearchOption.AllDirectories)[0]))!;
        Assert.IsTrue(MetricNames.Detect.All(written.AsObject().ContainsKey));
        var models = Directory.GetFiles(folder.At("tune"), "model.onnx", SearchOption.AllDirectories);
        Assert.HasCount(3, models);
        var times = models.Select(File.GetLastWriteTimeUtc).ToArray();
        Assert.AreEqual(0, ToolFolder.Run(line));
        CollectionAssert.AreEqual(times, models.Select(File.GetLastWriteTimeUtc).ToArray());
    }

    [TestMethod]
    public void AnotherSearchIsNotReplaced()
    {
        using var folder = new ToolFolder();
        File.WriteAllText(folder.At("space.json"), """{ "lr": [0.001] }""");
        File.WriteAllText(folder.At("other.json"), """{ "lr": [0.002] }""");
        int Tune(string space, string seed, params string[] more) => ToolFolder.Run(["tune", "--space", folder.At(space), "--trials", "1",
            "--least-epochs", "1", "--epochs", "1", "--seed", seed, "--output", folder.At("tune"), .. more, "--", "--train",
            folder.Shapes.Train, "--val", folder.Shapes.Test, "--images", folder.Shapes.Images]);
        Assert.AreEqual(0, Tune("space.json", "1"));
        DateTime[] Written() => [.. Directory.GetFiles(folder.At("tune"), "*", SearchOption.AllDirectories).Order()
            .Select(File.GetLastWriteTimeUtc)];
        var written = Written();
        Assert.AreEqual(1, Tune("other.json", "1"));
        Assert.AreEqual(1, Tune("space.json", "2"));
        CollectionAssert.AreEqual(written, Written());
        Assert.AreEqual(0, Tune("other.json", "1", "--overwrite"));
        StringAssert.Contains(File.ReadAllText(folder.At("tune/tune.csv")), "--lr 0.002");
        Assert.AreEqual(0, Tune("other.json", "1"), "the search that is there now goes on");
    }

    [TestMethod]
    public void TheFolderAndWhatDiffersAreNamed()
    {
        using var folder = new ToolFolder();
        void Begin(int seed, bool overwrite = false) =>
            new SearchFolder(folder.At("tune"), new() { ["--seed"] = seed, ["--trials"] = 9 }).Begin(overwrite);
        Begin(1);
        Begin(2); // Nothing was trained yet.
        Directory.CreateDirectory(folder.At("tune/trial-001-epochs-2"));
        Begin(2);
        var message = Assert.ThrowsExactly<IOException>(() => Begin(1)).Message;
        foreach (var words in new[] { folder.At("tune"), "--seed differs", "--output", "--overwrite" })
            StringAssert.Contains(message, words);
        Assert.DoesNotContain("--trials", message);
        Directory.CreateDirectory(folder.At("tune/trial-of-mine-epochs-2"));
        Begin(1, overwrite: true);
        Assert.AreEqual("trial-of-mine-epochs-2", Path.GetFileName(Directory.GetDirectories(folder.At("tune")).Single()), "runs of the other are gone");
        Directory.CreateDirectory(folder.At("tune/trial-001-epochs-2"));
        Begin(1);
        Assert.IsTrue(Directory.Exists(folder.At("tune/trial-001-epochs-2")));
        File.Delete(folder.At("tune/search.json"));
        Assert.ThrowsExactly<IOException>(() => Begin(1));
    }

    [TestMethod]
    [DataRow("--test", "x"), DataRow("--output", "x"), DataRow("--lr", "1")]
    public void TheTestSetIsKeptAndValidationAskedFor(string option, string value)
    {
        using var folder = new ToolFolder();
        File.WriteAllText(folder.At("space.json"), """{ "lr": [0.001] }""");
        Assert.AreEqual(1, ToolFolder.Run("tune", "--space", folder.At("space.json"), "--", option, value));
    }
}
