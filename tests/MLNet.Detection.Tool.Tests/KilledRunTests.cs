using System.Diagnostics;

namespace MLNet.Detection.Tool.Tests;

/// <summary>
/// A run whose process is killed at random moments, in training, while files are written and while it resumes, comes to the
/// weights, the log and the metrics of a run that nobody disturbed. <c>DETECTION_MLNET_KILLS</c> says how often.
/// </summary>
[TestClass, DoNotParallelize]
public sealed class KilledRunTests
{
    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("DETECTION_MLNET_KILLS"), out var kills) ? kills : 8;

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public async Task A_killed_run_ends_as_an_undisturbed_one()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Windows has no SIGKILL to send.");
        using var folder = new ToolFolder();
        var clock = Stopwatch.StartNew();
        Assert.AreEqual(0, await Train(folder, "calm", null));
        var (whole, random, killed, ended) = (clock.Elapsed, new Random(5), 0, 0);
        for (; killed < Kills && ended < 4 * Kills; ended++)
        {
            // On a machine that became busy no process may get anywhere in its life.
            for (var lives = 0; await Train(folder, "disturbed", lives < 20 ? Life() : null) != 0; lives++)
                killed++;
            EndsAlike(folder);
            TestContext.DisplayMessage(MessageLevel.Informational, $"{killed} killed, {ended + 1} ended, {clock.Elapsed:hh\\:mm\\:ss}");
        }
        Assert.IsGreaterThanOrEqualTo(Kills, killed, $"{ended} processes came to their end before they were killed");
        Console.WriteLine($"{killed} processes were killed; {ended} runs came to their end, as one that nobody disturbed.");

        TimeSpan Life() => whole * (0.2 + 0.8 * random.NextDouble());
    }

    // What came to its end makes room for the next run.
    private static void EndsAlike(ToolFolder folder)
    {
        var (calm, disturbed) = (folder.At("calm"), folder.At("disturbed"));
        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(calm, "model.onnx")),
            File.ReadAllBytes(Path.Combine(disturbed, "model.onnx")));
        CollectionAssert.AreEqual(Log(calm), Log(disturbed));
        CollectionAssert.AreEqual(Metrics(calm), Metrics(disturbed));
        Directory.Delete(disturbed, recursive: true);
    }

    // A run that left a checkpoint goes on from it; one that did not begins anew.
    private static async Task<int> Train(ToolFolder folder, string name, TimeSpan? life)
    {
        var run = folder.At(name);
        string[] output = File.Exists(Path.Combine(run, "checkpoint.safetensors")) ? ["--resume", run]
            : ["--output", run, "--overwrite"];
        using var process = Process.Start(new ProcessStartInfo("dotnet",
        [
            typeof(CommandLine).Assembly.Location, "train", "--train", folder.Shapes.Train, "--images", folder.Shapes.Images,
            "--test", folder.Shapes.Test, "--epochs", "8", "--batch", "2", .. output,
        ]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (life is { } time && !process.WaitForExit(time))
            process.Kill();
        await process.WaitForExitAsync();
        if (process.ExitCode is not (0 or 137))
            Assert.Fail(string.Join("\n", await said));
        return process.ExitCode;
    }

    // Without the last column, the time.
    private static string[] Log(string run) =>
        [.. File.ReadAllLines(Path.Combine(run, "log.csv")).Select(line => line[..line.LastIndexOf(',')])];

    private static string[] Metrics(string run) => [.. File.ReadAllLines(Path.Combine(run, "metrics.json"))
        .Where(line => line.Contains("MAP", StringComparison.Ordinal) || line.Contains("AR", StringComparison.Ordinal))];
}
