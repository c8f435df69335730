using System.Diagnostics;

namespace MLNet.Detection.Tool.Tests;

/// <summary>A service manager ends programs by SIGTERM: a run must leave its checkpoint, as after Ctrl+C.</summary>
[TestClass, DoNotParallelize]
public sealed class StopSignalsTests
{
    [TestMethod]
    public async Task A_terminated_run_leaves_a_checkpoint()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Windows has no SIGTERM to send.");
        using var folder = new ToolFolder();
        var run = folder.At("run");
        var training = Task.Run(() => ToolFolder.Run("train", "--train", folder.Shapes.Train, "--images",
            folder.Shapes.Images, "--epochs", "10000", "--output", run));
        var log = Path.Combine(run, "log.csv");
        while (!training.IsCompleted && !(File.Exists(log) && new FileInfo(log).Length > 0))
            await Task.Delay(50);
        using var kill = Process.Start("kill", ["-TERM", $"{Environment.ProcessId}"]);
        Assert.AreEqual(143, await training);
        Assert.IsTrue(File.Exists(Path.Combine(run, "checkpoint.safetensors")));
    }
}
