using System.Runtime.InteropServices;
using System.Text.Json;
using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Tests.Artifacts;

/// <summary>
/// The official training runtime 1.19.2, run by Node.js as WebAssembly. Commands are noted, then run in one session.
/// Its learning rate is 0.001: the interface for JavaScript has no way to set another.
/// </summary>
internal sealed class OfficialRuntime(TrainingArtifacts artifacts)
{
    public const float LearningRate = 1e-3f;

    private readonly List<object> _feeds = [];
    private readonly List<object> _commands = [];

    /// <summary>A checkpoint to start from, in the place of the artifacts' own.</summary>
    public string Checkpoint { get; init; } = artifacts.Checkpoint;

    /// <summary>Notes a step; its outputs are loss and terms, for an evaluation also the values cut at.</summary>
    public void Step(string kind, IReadOnlyList<Tensor> data) =>
        Command(kind, artifacts.Data.Zip(data).ToDictionary(pair => pair.First.Name, pair => pair.Second));

    /// <summary>Notes that all weights are replaced, in the order of the layout.</summary>
    public void Load(float[] weights) =>
        Command("load", new() { ["weights"] = Tensor.Vector<float>(weights) });

    /// <summary>Notes a command without data: update, reset, or weights.</summary>
    public void Command(string kind) => _commands.Add(new { run = kind });

    /// <summary>Runs the noted commands; for each the outputs by name.</summary>
    /// <exception cref="InvalidOperationException">It refused something; the message has its words.</exception>
    public IReadOnlyList<IReadOnlyDictionary<string, float[]>> Run()
    {
        var plan = Path.Combine(artifacts.Folder, "plan.json");
        var result = Path.Combine(artifacts.Folder, "result.json");
        File.WriteAllText(plan, JsonSerializer.Serialize(new
        {
            checkpoint = Checkpoint, trainingModel = artifacts.TrainingModel, evalModel = artifacts.EvalModel,
            optimizerModel = artifacts.OptimizerModel, feeds = _feeds, commands = _commands,
        }));
        NodeScript.TrainingRuntime.Run("session.mjs", plan, result);
        using var json = JsonDocument.Parse(File.ReadAllText(result));
        return [.. json.RootElement.GetProperty("results").EnumerateArray().Select(Values)];
    }

    private void Command(string kind, Dictionary<string, Tensor> feed)
    {
        _commands.Add(new { run = kind, feed = _feeds.Count });
        _feeds.Add(feed.ToDictionary(pair => pair.Key, pair => new
        {
            type = $"{pair.Value.Type}".ToLowerInvariant(), dims = pair.Value.Shape.ToArray(),
            data = Convert.ToBase64String(pair.Value.Data),
        }));
    }

    private static IReadOnlyDictionary<string, float[]> Values(JsonElement outputs) => outputs.EnumerateObject()
        .ToDictionary(output => output.Name, output =>
            MemoryMarshal.Cast<byte, float>(output.Value.GetBytesFromBase64()).ToArray());
}
