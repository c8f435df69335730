using System.Diagnostics;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tool.Tests.Mpi;

/// <summary>Runs under real launchers: they equal runs of one process, and end well however they end.</summary>
[TestClass, DoNotParallelize]
public sealed class MpiTests
{
    private readonly ToolFolder _folder = new();

    [TestCleanup]
    public void Remove() => _folder.Dispose();

    public static IEnumerable<object[]> Launchers => MpiJob.Launchers.Select(launcher => new object[] { launcher });

    public static IEnumerable<object[]> Sizes => from launcher in MpiJob.Launchers
                                                 from size in new[] { (2, 1), (3, 5) }
                                                 select new object[] { launcher, size.Item1, size.Item2 };

    // Plain descent on all pictures at once: one epoch is one step.
    [TestMethod]
    [DynamicData(nameof(Sizes))]
    public async Task Steps_equal_those_of_one_process(string launcher, int ranks, int steps)
    {
        // Weights move by far more than their rounding, over several steps by less than what makes runs drift apart.
        string[] line = [.. Line("alone", epochs: steps), "--model", _folder.Model, "--batch", "6", "--optimizer", "sgd", "--lr",
            steps == 1 ? "1" : "0.01", "--warm-up", "0", "--schedule", "constant", "--weight-decay", "0"];
        MpiJob.Require(launcher);
        Assert.AreEqual(0, ToolFolder.Run(line));
        using var job = MpiJob.Start(launcher, ranks, [.. line.Select(word => word == _folder.At("alone") ? _folder.At("shared") : word)]);
        var (code, said) = await job.End();
        Assert.AreEqual(0, code, said);
        StringAssert.Contains(said, $"{ranks} ranks of ");
        Assert.HasCount(2, said.Split("\nWrote "), "rank 0 alone prints");
        var (start, alone, shared) = (Weights(_folder.Model), Weights(_folder.At("alone/model.onnx")), Weights(_folder.At("shared/model.onnx")));
        var apart = Distance(alone, shared) / Distance(start, alone);
        Console.WriteLine($"{launcher}, {ranks} ranks, {steps} steps: {apart:e2}");
        Assert.IsLessThan(steps == 1 ? 5e-6 : 1e-5, apart);
    }

    // No weight moves: both measure the same detector, one alone, the others each a share.
    [TestMethod]
    [DynamicData(nameof(Launchers))]
    public async Task Shares_of_the_validation_set_give_the_metrics_of_one_process(string launcher)
    {
        string[] Measured(string output) => [.. Line(output, epochs: 1), "--model", _folder.At("taught/model.onnx"), "--batch", "3",
            "--lr", "1e-30", "--val", _folder.Shapes.Train];
        MpiJob.Require(launcher);
        Assert.AreEqual(0, ToolFolder.Run(Line("taught", epochs: 60)));
        Assert.AreEqual(0, ToolFolder.Run(Measured("alone")));
        using var job = MpiJob.Start(launcher, 3, Measured("shared"));
        var (code, said) = await job.End();
        Assert.AreEqual(0, code, said);
        string[][] alone = Epochs("alone"), shared = Epochs("shared");
        CollectionAssert.AreEqual(alone[0], shared[0]);
        var metrics = alone[0].Index().Where(column => column.Item.Contains("AP", StringComparison.Ordinal)).ToList();
        Assert.IsNotEmpty(metrics);
        foreach (var (i, name) in metrics)
            Assert.AreEqual(alone[1][i], shared[1][i], name);
        Assert.IsTrue(metrics.Any(metric => double.Parse(alone[1][metric.Index], System.Globalization.CultureInfo.InvariantCulture) > 0));

        string[][] Epochs(string output) => [.. File.ReadAllLines(_folder.At($"{output}/epochs.csv")).Select(line => line.Split(','))];
    }

    [TestMethod]
    [DynamicData(nameof(Launchers))]
    public async Task A_killed_rank_ends_the_job_and_other_ranks_go_on(string launcher)
    {
        var checkpoint = _folder.At("run/checkpoint.safetensors");
        using (var job = MpiJob.Start(launcher, 2, [.. Line("run", epochs: 10_000), "--batch", "3"]))
        {
            await job.Until(() => File.Exists(checkpoint));
            job.KillRank(1, _folder.At("run"));
            var clock = Stopwatch.StartNew();
            var (code, _) = await job.End(within: TimeSpan.FromSeconds(60));
            Assert.AreNotEqual(0, code);
            Console.WriteLine($"{launcher}: ended after {clock.Elapsed.TotalSeconds:f1} s");
        }
        var stopped = Checkpoint.Load(checkpoint).Step;
        Assert.IsGreaterThan(0, stopped);
        using var more = MpiJob.Start(launcher, 3, [.. Line("run", epochs: 10_000, resume: true), "--batch", "3"]);
        await more.Until(() => Step(checkpoint) > stopped);
        more.Signal("-TERM");
        await more.End(within: TimeSpan.FromSeconds(60));
        Assert.IsGreaterThan(stopped, Checkpoint.Load(checkpoint).Step);
    }

    // A tenth of an epoch of a large set has passed, and yet the checkpoint is of the step that was taken last.
    [TestMethod]
    [DynamicData(nameof(Launchers))]
    public async Task A_terminated_job_leaves_a_checkpoint(string launcher)
    {
        var log = _folder.At("run/log.csv");
        using var job = MpiJob.Start(launcher, 2, ["train", "--demo-images", "2000", "--epochs", "1",
            .. Output("run")]);
        await job.Until(() => File.Exists(log) && File.ReadLines(log).Count() > 3);
        job.Signal("-TERM");
        await job.End(within: TimeSpan.FromSeconds(60));
        Assert.IsGreaterThan(2, Checkpoint.Load(_folder.At("run/checkpoint.safetensors")).Step);
    }

    [TestMethod]
    [DynamicData(nameof(Launchers))]
    public async Task Other_data_on_a_rank_is_refused(string launcher)
    {
        var line = Line("run", epochs: 1);
        string[] other = [.. line];
        other[2] = _folder.At("other.json");
        var data = CocoDataset.Load(_folder.Shapes.Train, _folder.Shapes.Images);
        CocoDataset.Save(new(data.Source, data.Categories, data.Images.Select((image, i) =>
            i == 4 ? image with { Boxes = [image.Boxes[0] with { Category = 1 - Math.Min(1, image.Boxes[0].Category) }, .. image.Boxes.Skip(1)] } : image)), other[2]);
        using var job = MpiJob.Start(launcher, [(1, line), (1, other)], new Dictionary<string, string>());
        var (code, said) = await job.End();
        Assert.AreNotEqual(0, code);
        StringAssert.Contains(said, "Rank 1 has other data than rank 0");
        StringAssert.Contains(said, Path.GetFileName(data.Images[4].Path));
    }

    [TestMethod]
    [DataRow("libmpi.so.40", "different MPIs")]
    [DataRow("/none/libmpi.so", "DETECTION_MLNET_MPI")]
    public async Task A_library_that_does_not_fit_is_refused(string library, string remedy)
    {
        MpiJob.Require("mpirun.openmpi");
        using var job = MpiJob.Start("mpirun.mpich", [(2, Line("run", epochs: 1))],
            new Dictionary<string, string> { ["DETECTION_MLNET_MPI"] = library });
        var (code, said) = await job.End();
        Assert.AreNotEqual(0, code);
        StringAssert.Contains(said, remedy);
    }

    private string[] Line(string output, int epochs, bool resume = false) =>
    [
        "train", "--train", _folder.Shapes.Train, "--images", _folder.Shapes.Images, "--test", _folder.Shapes.Test, "--epochs",
        $"{epochs}", .. resume ? ["--resume", _folder.At(output)] : Output(output),
    ];

    private string[] Output(string name) => ["--output", _folder.At(name)];

    private static int Step(string checkpoint)
    {
        try
        {
            return Checkpoint.Load(checkpoint).Step;
        }
        catch (ModelException)
        {
            return 0;
        }
    }

    private static float[] Weights(string path)
    {
        var model = DetectorModel.Load(path);
        return [.. TrainableWeights.Of(model.Model, model.RawValues)
            .SelectMany(name => model.Model.Initializers[name].ToTensor().Values<float>().ToArray())];
    }

    private static double Distance(float[] a, float[] b) =>
        Math.Sqrt(a.Zip(b, (x, y) => Math.Pow((double)x - y, 2)).Sum());
}
