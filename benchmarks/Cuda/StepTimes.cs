using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace Benchmarks.Cuda;

/// <summary>Time and memory of whole training steps, data copied to the device in each.</summary>
internal static class StepTimes
{
    public static void Run(Kit kit, Report report)
    {
        var memory = new Memory(kit.Device);
        report.Columns("network", "batch", "form", "step, ms", "without its data, ms", "first step, s", "memory, MB", "nodes");
        foreach (var network in Network.Timed(kit.Small))
            foreach (var (name, device, precision) in kit.Forms)
                report.Row([network.Name, $"{network.Batch}", name, .. Measure(kit, network, device, precision, memory)]);
    }

    private static string[] Measure(
        Kit kit, Network network, Device device, StepPrecision precision, Memory memory)
    {
        try
        {
            var (graph, model) = network.Build(kit.Models, network.Optimizer, precision);
            var before = memory.Device() ?? Memory.Process();
            using var run = new TrainingRun(graph, model, device);
            RandomData.Fill(run);
            var first = Watch.Once(() => run.Advance(1e-5f));
            var whole = Watch.Median(kit.Repeats, () => run.Advance(1e-5f));
            // What a loop sees: the next step's data is staged while this one runs.
            var staged = Task.CompletedTask;
            var overlapped = Watch.Median(kit.Repeats, () =>
            {
                staged.GetAwaiter().GetResult();
                var next = run.Steps + 1;
                staged = Task.Run(() => run.Stage(0, next));
                run.Advance(1e-5f);
            });
            staged.GetAwaiter().GetResult();
            var used = (memory.Device() ?? Memory.Process()) - before;
            return [$"{whole:f2}", $"{overlapped:f2}", $"{first / 1000:f1}", $"{used:f0}", $"{run.Placement}"];
        }
        catch (Exception error) when (error is InvalidOperationException or Microsoft.ML.OnnxRuntime.OnnxRuntimeException)
        {
            return ["-", "-", "-", "-", error.Message.ReplaceLineEndings(" ")];
        }
    }
}
