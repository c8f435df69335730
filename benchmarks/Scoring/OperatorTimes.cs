using System.Text.Json;

namespace Benchmarks.Scoring;

/// <summary>Times of a picture by operator, of the graph that ONNX Runtime runs.</summary>
internal static class OperatorTimes
{
    /// <summary>How many nodes of each operator there are, and the milliseconds of all of them, the mean of some runs.</summary>
    public static IReadOnlyDictionary<string, (int Nodes, double Milliseconds)> Of(string path, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("profile-");
        try
        {
            using (var model = new Scored(path, folded: true, Path.Combine(folder.FullName, "run")))
                for (var run = 0; run <= runs; run++)
                    model.Run();
            using var profile = JsonDocument.Parse(File.ReadAllBytes(folder.GetFiles().Single().FullName));
            return profile.RootElement.EnumerateArray().Where(IsKernel)
                .GroupBy(entry => entry.GetProperty("args").GetProperty("op_name").GetString()!)
                .ToDictionary(kind => kind.Key, kind => (kind.Count() / (runs + 1),
                    kind.Sum(entry => entry.GetProperty("dur").GetDouble()) / (runs + 1) / 1e3));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool IsKernel(JsonElement entry) => entry.GetProperty("cat").GetString() == "Node"
        && entry.GetProperty("name").GetString()!.EndsWith("_kernel_time", StringComparison.Ordinal);
}
