using System.Text.Json;
using OnnxGraphs.Training;

namespace Benchmarks.Cuda;

/// <summary>
/// Where the time of a step goes, by ONNX Runtime's profile: the times of its nodes by operator and provider. On a GPU they
/// are true only where each launch is waited for (CUDA_LAUNCH_BLOCKING=1).
/// </summary>
internal static class KernelTable
{
    private const int Steps = 10;

    public static void Run(Kit kit, Report report)
    {
        foreach (var network in Network.Timed(kit.Small))
        {
            var nodes = Profile(kit, network);
            var total = nodes.Sum(node => node.Microseconds);
            report.Line($"### {network.Name}, batch {network.Batch}: {total / Steps / 1e3:f2} ms a step\n");
            report.Columns("operator", "provider", "nodes", "ms a step", "part");
            foreach (var kind in nodes.GroupBy(node => (node.Operator, node.Provider))
                .OrderByDescending(kind => kind.Sum(node => node.Microseconds)).Take(20))
            {
                var time = kind.Sum(node => node.Microseconds);
                report.Row([kind.Key.Operator, kind.Key.Provider.Replace("ExecutionProvider", ""),
                    $"{kind.Count() / Steps}", $"{time / Steps / 1e3:f3}", $"{time / total:p1}"]);
            }
            report.Line("");
        }
    }

    private static List<(string Operator, string Provider, double Microseconds)> Profile(Kit kit, Network network)
    {
        var (graph, model) = network.Build(kit.Models, network.Optimizer);
        var prefix = Path.Combine(Path.GetTempPath(), $"profile-{Guid.NewGuid():n}");
        using (var run = new TrainingRun(graph, model, kit.Device,
            options => (options.ProfileOutputPathPrefix, options.EnableProfiling) = (prefix, true)))
        {
            RandomData.Fill(run);
            for (var step = 0; step < Steps; step++)
                run.Advance(1e-5f);
        }
        var file = Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(prefix) + "*").Single();
        try
        {
            using var profile = JsonDocument.Parse(File.ReadAllBytes(file));
            return [.. profile.RootElement.EnumerateArray()
                .Where(entry => entry.GetProperty("cat").GetString() == "Node"
                    && entry.GetProperty("args").TryGetProperty("provider", out _))
                .Select(entry => (Kind(entry.GetProperty("args").GetProperty("op_name").GetString()!),
                    entry.GetProperty("args").GetProperty("provider").GetString()!,
                    entry.GetProperty("dur").GetDouble()))];
        }
        finally
        {
            File.Delete(file);
        }
    }

    // This library's kernels are numbered.
    private static string Kind(string op) => op.TrimEnd([.. "0123456789"]).TrimEnd('_');
}
