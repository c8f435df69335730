using OnnxGraphs.Training;

namespace Benchmarks.Cuda;

/// <summary>
/// Many steps of UltraFace (the smallest network in small), data staged for each: memory of device and process must stay
/// flat.
/// </summary>
internal static class Soak
{
    private const int Samples = 20;

    public static void Run(Kit kit, Report report)
    {
        var network = kit.Small ? Network.Compared[0] : Network.UltraFace(64);
        var (graph, model) = network.Build(kit.Models, network.Optimizer);
        var memory = new Memory(kit.Device);
        using var run = new TrainingRun(graph, model,
            kit.Device with { FixedBuffers = true, CaptureGraph = kit.Device.IsCuda });
        for (var set = 0; set < 2; set++)
            RandomData.Fill(run, set, set);
        List<(int Step, double? Device, double Process)> seen = [];
        var every = Math.Max(1, kit.SoakSteps / Samples);
        var next = Task.Run(() => run.Stage(0, 0));
        while (run.Steps < kit.SoakSteps)
        {
            next.GetAwaiter().GetResult();
            var (set, after) = (run.Steps % 2, run.Steps + 1);
            next = Task.Run(() => run.Stage(after % 2, after));
            run.Advance(1e-5f, set);
            if (run.Steps % every != 0)
                continue;
            // Garbage that waits for its collection is no leak.
            GC.Collect();
            seen.Add((run.Steps, memory.Device(), Memory.Process()));
        }
        next.GetAwaiter().GetResult();
        report.Line($"{kit.SoakSteps} steps of {network.Name}, batch {network.Batch}, loss {run.Term(TrainingGraph.Loss):f3} at the end.\n");
        report.Columns("step", "device, MB", "process, MB");
        foreach (var (step, device, process) in seen)
            report.Row([$"{step}", $"{device:f0}", $"{process:f1}"]);
        // The first half fills arenas and compiles code.
        var late = seen.Skip(seen.Count / 2).ToList();
        report.Line("");
        report.Line($"Over the second half: device {Growth(late, s => s.Device)}, process {Growth(late, s => s.Process)}.");
    }

    private static string Growth(
        List<(int Step, double? Device, double Process)> samples, Func<(int, double? Device, double Process), double?> of) =>
        FormattableString.Invariant($"{of(samples[^1]) - of(samples[0]):+0.0;-0.0;0.0} MB");
}
