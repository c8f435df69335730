using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace OnnxGraphs.Runtime;

/// <summary>Which execution providers computed the nodes of a session: what a GPU has no kernel for runs on the
/// processor, and its data is copied there and back.</summary>
/// <param name="Operators">The operator of each node, by provider.</param>
public sealed record NodePlacement(IReadOnlyDictionary<string, IReadOnlyList<string>> Operators)
{
    private const string Processor = "CPUExecutionProvider";

    /// <summary>Number of nodes by provider.</summary>
    public IReadOnlyDictionary<string, int> Counts =>
        Operators.ToDictionary(provider => provider.Key, provider => provider.Value.Count);

    /// <summary>For example <c>812 nodes on CUDA, 3 on CPU (2 Shape, 1 Gather)</c>; operators are named for the
    /// processor alone, and only where it is not the one provider.</summary>
    public override string ToString() => string.Join(", ", Operators
        .OrderBy(provider => provider.Key == Processor).ThenBy(provider => provider.Key)
        .Select((provider, i) => $"{provider.Value.Count}{(i == 0 ? " nodes" : "")} on "
            + provider.Key.Replace("ExecutionProvider", "")
            + (provider.Key == Processor && Operators.Count > 1 ? $" ({Kinds(provider.Value)})" : "")));

    /// <summary>Asks for the placement when a session is made.</summary>
    public static void Watch(SessionOptions options)
    {
        options.EnableProfiling = true;
        options.ProfileOutputPathPrefix = Path.Combine(Path.GetTempPath(), $"placement-{Guid.NewGuid():n}");
    }

    /// <summary>The placement, once the session has run; it is no longer watched then.</summary>
    public static NodePlacement End(InferenceSession session)
    {
        var file = session.EndProfiling();
        try
        {
            using var profile = JsonDocument.Parse(File.ReadAllBytes(file));
            return Of(profile.RootElement);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static NodePlacement Of(JsonElement events) => new(events.EnumerateArray()
        .Where(entry => entry.GetProperty("cat").GetString() == "Node"
            && entry.GetProperty("args").TryGetProperty("provider", out _))
        .DistinctBy(entry => entry.GetProperty("args").GetProperty("node_index").GetString())
        .Select(entry => entry.GetProperty("args"))
        .GroupBy(node => node.GetProperty("provider").GetString()!, node => node.GetProperty("op_name").GetString()!)
        .ToDictionary(provider => provider.Key, provider => (IReadOnlyList<string>)[.. provider]));

    private static string Kinds(IEnumerable<string> operators) => string.Join(", ", operators
        .CountBy(name => name).OrderByDescending(kind => kind.Value).Select(kind => $"{kind.Value} {kind.Key}"));
}
