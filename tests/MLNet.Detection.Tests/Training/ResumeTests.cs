using MLNet.Detection.Images;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>Cancelled and resumed runs, logs, checkpoints, and what a disaster leaves behind.</summary>
[TestClass]
public sealed class ResumeTests
{
    // Twelve images in batches of five are three steps an epoch: cancelled within one, at its end, and at the start.
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(5)]
    public void A_resumed_run_equals_an_uninterrupted_one(int after)
    {
        using var run = new SmallRun();
        var whole = run.Fit(run.Options(epochs: 3, workspace: "whole"));
        CancelAfter(run, after, "part");
        Assert.AreEqual(after, Checkpoint.Load(run.Folder("part/checkpoint.safetensors")).Step);
        Assert.HasCount(after, TrainingLog.Read(run.Folder("part/log.csv")).Steps);
        var resumed = run.Fit(run.Options(epochs: 3, workspace: "part", resume: "part/checkpoint.safetensors"));
        CollectionAssert.AreEqual(SmallRun.Weights(whole.Detector), SmallRun.Weights(resumed.Detector));
        var (expected, found) = (TrainingLog.Read(run.Folder("whole/log.csv")),
            TrainingLog.Read(run.Folder("part/log.csv")));
        CollectionAssert.AreEqual(new[] { "classification", "box" }, found.Terms.ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(1, 9).ToArray(), found.Steps.Select(step => step.Step).ToArray());
        foreach (var (a, b) in expected.Steps.Zip(found.Steps))
        {
            Assert.AreEqual((a.Epoch, a.LearningRate, a.Loss), (b.Epoch, b.LearningRate, b.Loss));
            CollectionAssert.AreEqual(a.Terms.ToArray(), b.Terms.ToArray());
        }
    }

    [TestMethod]
    public void A_run_that_is_done_resumes_to_its_end()
    {
        using var run = new SmallRun();
        var first = run.Fit(run.Options(workspace: "done"));
        var again = run.Fit(run.Options(workspace: "done", resume: "done/checkpoint.safetensors"));
        CollectionAssert.AreEqual(SmallRun.Weights(first.Detector), SmallRun.Weights(again.Detector));
        Assert.IsEmpty(again.History);
        Assert.HasCount(6, TrainingLog.Read(run.Folder("done/log.csv")).Steps);
    }

    [TestMethod]
    public void A_resumed_run_remembers_its_best_epoch()
    {
        using var run = new SmallRun();
        var whole = run.Fit(run.Options(epochs: 4, validate: true, keepBest: true, rate: 0.02f));
        CancelAfter(run, 7, "part", validate: true, rate: 0.02f, epochs: 4);
        var resumed = run.Fit(
            run.Options(epochs: 4, validate: true, keepBest: true, rate: 0.02f, resume: "part/checkpoint.safetensors"));
        CollectionAssert.AreEqual(SmallRun.Weights(whole.Detector), SmallRun.Weights(resumed.Detector));
    }

    [TestMethod]
    public void Other_settings_are_refused_by_name()
    {
        using var run = new SmallRun(val: 0);
        run.Fit(run.Options(epochs: 1, workspace: "first"));
        const string From = "first/checkpoint.safetensors";
        Refuses(run.Options(epochs: 2, resume: From), "epochs = 1, this run has 2");
        Refuses(run.Options(epochs: 1, batch: 4, resume: From), "batch_size = 5, this run has 4");
        Refuses(run.Options(epochs: 1, seed: 9, resume: From), "seed = 3, this run has 9");
        Refuses(run.Options(epochs: 1, rate: 1, resume: From), "learning_rate");
        Refuses(run.Options(epochs: 1, optimizer: new OnnxGraphs.Optimizers.Sgd(), resume: From), "optimizer");
        Refuses(run.Options(epochs: 1, frozen: ["conv*"], resume: From), "frozen weights");
        Refuses(run.Options(epochs: 1, resume: "nowhere"), "no such checkpoint");
        var fewer = Assert.ThrowsExactly<ModelException>(() =>
            run.Fit(run.Options(epochs: 1, resume: From), SmallRun.With(run.Train, run.Train.Images.Skip(1))));
        StringAssert.Contains(fewer.Message, "images = 12, this run has 11");
        Refuses(run.Options(epochs: 1, resume: From, detector: SmallRun.Detector with { Classes = [.. SmallRun.Classes.Reverse()] }),
            $"classes = {string.Join(", ", SmallRun.Classes)}, this run has {string.Join(", ", SmallRun.Classes.Reverse())}");
        Refuses(run.Options(epochs: 1, resume: From, detector: SmallRun.Detector with { Normalization = Normalization.ImageNet }),
            "normalization = (pixel - 128) / 64, red first, this run has (pixel - ");
        var reversed = Assert.ThrowsExactly<ModelException>(() =>
            run.Fit(run.Options(epochs: 1, resume: From), SmallRun.With(run.Train, run.Train.Images.Reverse())));
        StringAssert.Contains(reversed.Message, "with boxes = ");
        // Weights that stay come from the file, not from the checkpoint.
        var other = SmallRun.Detector.Model.Proto.Clone();
        var weights = other.Graph.Initializer.First(tensor => tensor.RawData.Length > 0);
        weights.RawData = Google.Protobuf.ByteString.CopyFrom([.. weights.RawData.Select(b => (byte)(b ^ 1))]);
        Refuses(run.Options(epochs: 1, resume: From, detector: SmallRun.Detector with { Model = new(other) }), "with model = ");

        void Refuses(FineTuneTrainer.Options options, string message) =>
            StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => run.Fit(options)).Message, message);
    }

    [TestMethod]
    public void A_diverging_run_stops_and_keeps_the_last_good_checkpoint()
    {
        using var run = new SmallRun(val: 0);
        CancelAfter(run, 4, "good");
        var path = run.Folder("good/checkpoint.safetensors");
        var checkpoint = Checkpoint.Load(path);
        // Weights that the forward pass cannot take any more.
        var broken = checkpoint with { Vectors = checkpoint.Vectors.ToDictionary(v => v.Key,
            v => v.Key == TrainingGraph.Parameters ? [.. v.Value.Select(w => w * 1e30f)] : v.Value) };
        broken.Save(path);
        var bytes = File.ReadAllBytes(path);
        var error = Assert.ThrowsExactly<TrainingDivergedException>(() =>
            run.Fit(run.Options(epochs: 3, workspace: "good", resume: "good/checkpoint.safetensors")));
        Assert.AreEqual(5, error.Progress.Step);
        Assert.AreEqual(path, error.Checkpoint);
        StringAssert.Contains(error.Message, "at step 5 (epoch 2");
        StringAssert.Contains(error.Message, path);
        StringAssert.Contains(error.Message, "Lower the learning rate");
        CollectionAssert.AreEqual(bytes, File.ReadAllBytes(path));
    }

    [TestMethod]
    public void A_huge_learning_rate_diverges_and_writes_no_bad_checkpoint()
    {
        using var run = new SmallRun(val: 0);
        var error = Assert.ThrowsExactly<TrainingDivergedException>(
            () => run.Fit(run.Options(epochs: 3, workspace: "bad", rate: 1e38f, warmUp: 0)));
        Assert.IsNull(error.Checkpoint);
        StringAssert.Contains(error.Message, "No checkpoint had been written");
        Assert.IsFalse(File.Exists(run.Folder("bad/checkpoint.safetensors")));
    }

    // The loss of the last step is fine, but the step itself goes wrong: nobody would see it before the file is used.
    [TestMethod]
    public void A_last_step_that_breaks_the_weights_is_found()
    {
        using var run = new SmallRun(train: 5, val: 0);
        var options = run.Options(epochs: 1, workspace: "last", rate: float.MaxValue, warmUp: 0,
            optimizer: new OnnxGraphs.Optimizers.Sgd(0) { WeightDecay = 1e5f });
        var error = Assert.ThrowsExactly<TrainingDivergedException>(() => run.Fit(options));
        StringAssert.Contains(error.Message, "A weight became infinite");
        Assert.IsFalse(File.Exists(run.Folder("last/checkpoint.safetensors")));
    }

    // /dev/full stands for a full disk.
    [TestMethod]
    [DataRow("log.csv", "the log cannot be written")]
    [DataRow("checkpoint.safetensors.tmp", "the checkpoint cannot be written")]
    public void A_full_disk_ends_the_run_and_harms_no_older_file(string file, string message)
    {
        if (!File.Exists("/dev/full"))
            Assert.Inconclusive("This system has no /dev/full.");
        using var run = new SmallRun(val: 0);
        run.Fit(run.Options(epochs: 1, workspace: "full"));
        var path = run.Folder("full/checkpoint.safetensors");
        var bytes = File.ReadAllBytes(path);
        File.Delete(run.Folder($"full/{file}"));
        File.CreateSymbolicLink(run.Folder($"full/{file}"), "/dev/full");
        var error = Assert.Throws<Exception>(() => run.Fit(run.Options(epochs: 1, workspace: "full", seed: 4)));
        StringAssert.Contains(error.Message, message);
        StringAssert.Contains(error.Message, "free space");
        CollectionAssert.AreEqual(bytes, File.ReadAllBytes(path));
    }

    [TestMethod]
    public void A_workspace_that_cannot_be_made_is_named_before_anything_is_read()
    {
        using var run = new SmallRun(val: 0);
        File.WriteAllText(run.Folder("file"), "in the way");
        var error = Assert.ThrowsExactly<IOException>(() => run.Fit(run.Options(workspace: "file/below")));
        StringAssert.Contains(error.Message, "Options.WorkspacePath");
        StringAssert.Contains(error.Message, run.Folder("file/below"));
        Assert.AreEqual("in the way", File.ReadAllText(run.Folder("file")));
    }

    private static void CancelAfter(SmallRun run, int steps, string workspace, bool validate = false,
        float rate = 5e-3f, int epochs = 3)
    {
        using var source = new CancellationTokenSource();
        var progress = new SmallRun.Told(p =>
        {
            if (p.Step == steps)
                source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(
            () => run.Fit(run.Options(epochs, workspace: workspace, progress: progress, cancel: source.Token,
            validate: validate, keepBest: validate, rate: rate)));
    }
}
