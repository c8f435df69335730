using System.Diagnostics;
using System.Globalization;
using MLNet.Detection.Builtin;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>
/// Long runs of a small network: memory and handles of the process stay where they are. <c>DETECTION_MLNET_SOAK</c> says how many
/// steps, and <c>DETECTION_MLNET_SOAK_OUTPUT</c> names a folder for the curves, as CSV and SVG.
/// </summary>
[TestClass, DoNotParallelize]
public sealed class SoakTests
{
    private const int StepsOfACycle = 1000, Points = 200;

    // What allocators keep of pages that are free, and lists of what was done: a leak of the smallest tensor a step, or of a
    // session a cycle, is far above it.
    private const double GrowthMegabytes = 24, GrowthPart = 0.05, GrowthHandles = 8;

    private static readonly DetectorModel Detector = new SmallDetector
    {
        Classes = SmallRun.Classes, Width = 32, Height = 32, StageChannels = [4, 4, 4, 4, 4], PyramidChannels = 4,
    }.Build();

    private static int Steps =>
        int.TryParse(Environment.GetEnvironmentVariable("DETECTION_MLNET_SOAK"), out var steps) ? steps : 3000;

    private static int Cycles => Math.Max(8, Steps / StepsOfACycle);

    [TestMethod]
    public void Steps_take_no_more_memory_as_they_go_on()
    {
        using var run = new SmallRun(train: 40, val: 0);
        var (usage, every, epochs) = (new List<Usage>(), Math.Max(1, Steps / Points), Math.Max(1, Steps / 20));
        run.Fit(run.Options(epochs, batch: 2, workspace: "long", detector: Detector, rate: 1e-4f, progress: new SmallRun.Told(now =>
        {
            if (now.Finished is null && now.Step % every == 0)
                usage.Add(Usage.Now(now.Step));
        })));
        Judge("steps", usage);
    }

    [TestMethod]
    public void Runs_and_scorers_leave_nothing_behind()
    {
        using var run = new SmallRun(train: 8, val: 4);
        var (usage, picture) = (new List<Usage>(), RgbImage.Filled(48, 40, 90, 120, 30));
        for (var cycle = 1; cycle <= Cycles; cycle++)
        {
            var tuned = run.Fit(run.Options(epochs: 2, batch: 4, workspace: "again", detector: Detector, validate: true)).Detector;
            tuned.Save(run.Folder("tuned.onnx"));
            using (var detector = new Detector(DetectorModel.Load(run.Folder("tuned.onnx")), batchSize: 2))
                detector.Detect([picture, picture, picture]);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            usage.Add(Usage.Now(cycle));
        }
        Judge("cycles", usage);
    }

    private static void Judge(string name, IReadOnlyList<Usage> usage)
    {
        if (Environment.GetEnvironmentVariable("DETECTION_MLNET_SOAK_OUTPUT") is { } folder)
            SoakFiles.Write(folder, name, usage);
        // The first half warms up.
        var (before, after) = (Median(usage.Skip(usage.Count / 2).Take(usage.Count / 4)), Median(usage.TakeLast(usage.Count / 4)));
        Console.WriteLine($"{name}: {usage[^1].At}, {before} in the third quarter, {after} in the last");
        Assert.IsLessThan(before.Megabytes * (1 + GrowthPart) + GrowthMegabytes, after.Megabytes, $"{name}: memory grows");
        Assert.IsLessThan(before.Handles + GrowthHandles, after.Handles, $"{name}: handles grow");
    }

    private static Usage Median(IEnumerable<Usage> part)
    {
        var all = part.ToList();
        return new(all[^1].At, all.Select(u => u.Megabytes).Order().ElementAt(all.Count / 2),
            all.Select(u => u.Handles).Order().ElementAt(all.Count / 2));
    }
}

/// <summary>What the process holds at a time.</summary>
/// <param name="At">The step or cycle.</param>
/// <param name="Megabytes">Memory.</param>
/// <param name="Handles">Open files and the like.</param>
internal sealed record Usage(int At, double Megabytes, int Handles)
{
    public static Usage Now(int at)
    {
        using var process = Process.GetCurrentProcess();
        return new(at, process.WorkingSet64 / 1e6, process.HandleCount);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Megabytes:f0} MB and {Handles} handles");
}
