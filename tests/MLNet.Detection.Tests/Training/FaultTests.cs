using MLNet.Detection.Evaluation;
using MLNet.Detection.Reports;
using MLNet.Detection.Training;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>Disks that are full or read-only, and two runs in one folder: what is said, and what is left.</summary>
[TestClass, DoNotParallelize]
public sealed class FaultTests
{
    // The disk is full from the end of the first epoch on; whichever file is written next ends the run.
    [TestMethod]
    public void A_run_on_a_disk_that_fills_up_goes_on_after_room_was_made()
    {
        using var run = new SmallRun(val: 0);
        using var disk = new SmallDisk();
        var whole = run.Fit(run.Options(epochs: 3, workspace: "whole"));
        var workspace = disk.File("run");
        var checkpoint = Path.Combine(workspace, "checkpoint.safetensors");
        var options = run.Options(epochs: 3) with { WorkspacePath = workspace };
        var error = Assert.Throws<IOException>(() => run.Fit(options with
        {
            MetricsCallback = epoch =>
            {
                if (epoch.Epoch == 1)
                    disk.Fill();
            },
        }));
        StringAssert.Contains(error.Message, workspace);
        StringAssert.Contains(error.Message, "free space");
        Assert.AreEqual(3, Checkpoint.Load(checkpoint).Step, "the checkpoint of the first epoch is whole");
        Assert.IsEmpty(Directory.GetFiles(workspace, "*.tmp"));
        disk.MakeRoom();
        var resumed = run.Fit(options with { ResumeFrom = checkpoint });
        CollectionAssert.AreEqual(SmallRun.Weights(whole.Detector), SmallRun.Weights(resumed.Detector));
        CollectionAssert.AreEqual(Losses(run.Folder("whole")), Losses(workspace));
    }

    [TestMethod]
    public void Files_of_a_run_stay_whole_where_newer_ones_do_not_fit()
    {
        using var disk = new SmallDisk();
        var folder = RunFolder.Create(disk.File("run"));
        var report = new ReportData { Title = "a run" };
        Write();
        string[] names = [folder.Model, folder.Metrics, folder.Report];
        var before = names.Select(File.ReadAllBytes).ToList();
        disk.Fill();
        foreach (var (name, write) in new (string, Action)[]
            { (folder.Model, () => folder.Write(SmallRun.Detector)), (folder.Metrics, WriteMetrics), (folder.Report, WriteReport) })
        {
            var error = Assert.Throws<IOException>(write);
            StringAssert.Contains(error.Message, name);
            StringAssert.Contains(error.Message, "free space");
        }
        foreach (var (name, bytes) in names.Zip(before))
            CollectionAssert.AreEqual(bytes, File.ReadAllBytes(name), name);
        Assert.HasCount(3, Directory.GetFiles(folder.Path));
        disk.MakeRoom();
        Write();

        void Write()
        {
            folder.Write(SmallRun.Detector);
            WriteMetrics();
            WriteReport();
        }

        void WriteMetrics() => folder.Write(new CocoEvaluation().Evaluate([], [], []), SmallRun.Classes);

        void WriteReport() => folder.Write(report);
    }

    [TestMethod]
    public void A_read_only_folder_is_named_before_anything_is_read()
    {
        using var run = new SmallRun(val: 0);
        using var disk = new SmallDisk();
        var options = run.Options(epochs: 1) with { WorkspacePath = disk.File("run") };
        run.Fit(options);
        var checkpoint = disk.File("run/checkpoint.safetensors");
        var bytes = File.ReadAllBytes(checkpoint);
        disk.MakeReadOnly();
        foreach (var folder in new[] { disk.File("run"), disk.File("other") })
        {
            var error = Assert.ThrowsExactly<IOException>(() => run.Fit(options with { WorkspacePath = folder }));
            StringAssert.Contains(error.Message, $"Options.WorkspacePath '{folder}'");
            StringAssert.Contains(error.Message, "another folder");
        }
        StringAssert.Contains(Assert.Throws<IOException>(() => RunFolder.Create(disk.File("new"))).Message, disk.File("new"));
        CollectionAssert.AreEqual(bytes, File.ReadAllBytes(checkpoint));
        disk.MakeWritable();
    }

    [TestMethod]
    public void A_full_temporary_folder_is_named()
    {
        using var run = new SmallRun(val: 0);
        using var disk = new SmallDisk(1);
        disk.Fill();
        var usual = Environment.GetEnvironmentVariable("TMPDIR");
        Environment.SetEnvironmentVariable("TMPDIR", disk.Path);
        try
        {
            var error = Assert.ThrowsExactly<IOException>(() => run.Fit(run.Options(epochs: 1)
                with { Cache = new(0, OnDisk: true) }));
            StringAssert.Contains(error.Message, disk.Path);
            StringAssert.Contains(error.Message, "TMPDIR");
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", usual);
        }
    }

    [TestMethod]
    public void A_second_run_in_a_workspace_is_refused()
    {
        using var run = new SmallRun(val: 0);
        string? message = null;
        var first = run.Fit(run.Options(workspace: "one", callback: epoch =>
        {
            if (epoch.Epoch == 1)
                message = Assert.ThrowsExactly<IOException>(() => run.Fit(run.Options(workspace: "one", seed: 9))).Message;
        }));
        StringAssert.Contains(message!, run.Folder("one"));
        StringAssert.Contains(message!, "another run works in this folder");
        var alone = run.Fit(run.Options(workspace: "two"));
        CollectionAssert.AreEqual(SmallRun.Weights(alone.Detector), SmallRun.Weights(first.Detector));
        CollectionAssert.AreEqual(Losses(run.Folder("two")), Losses(run.Folder("one")));
        Assert.IsFalse(File.Exists(run.Folder("one/run.lock")));
    }

    private static double[] Losses(string workspace) =>
        [.. TrainingLog.Read(Path.Combine(workspace, "log.csv")).Steps.Select(step => step.Loss)];
}
