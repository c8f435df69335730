using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Where to cut a detector for training: the last value that is nothing but outputs of layers, laid out anew.
/// Activations (Softmax, Sigmoid) and box decoding behind it belong to the tail.
/// </summary>
public static class HeadCut
{
    private static readonly HashSet<string> Layers = ["Conv", "ConvTranspose", "Gemm", "MatMul"];
    private static readonly HashSet<string> Layouts =
        ["Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Identity"];

    /// <summary>The raw value behind a named one: itself, or the one that its tail starts from.</summary>
    /// <exception cref="ModelException">
    /// The name is unknown, or no raw value or several of them flow into it; the message lists them.
    /// </exception>
    public static string Find(OnnxModel model, string name)
    {
        _ = GraphReader.Needed(model, [name]);
        var (producers, weights) = (model.Producers, model.Initializers.Keys.ToHashSet());
        var (found, seen, open) = (new List<string>(), new HashSet<string>(), new Queue<string>([name]));
        while (open.TryDequeue(out var value))
            if (seen.Add(value) && producers.TryGetValue(value, out var node))
            {
                if (IsRaw(value, producers, weights))
                    found.Add(value);
                else
                    foreach (var input in DataInputs(node))
                        open.Enqueue(input);
            }
        return found.Count == 1 ? found[0] : throw new ModelException(found.Count == 0
            ? $"{model.Path}: no layer lies before '{name}'; name the output that carries the class scores or the "
                + "boxes."
            : $"{model.Path}: '{name}' is computed from several layer outputs ({string.Join(", ", found.Take(6))}); "
                + "name the joined value before the activation or the box decoding.");
    }

    /// <summary>The layers whose outputs the raw value is laid out from, one per branch of the head.</summary>
    internal static IReadOnlyList<NodeProto> Branches(OnnxModel model, string raw)
    {
        var (producers, branches, open) = (model.Producers, new List<NodeProto>(), new Stack<string>([raw]));
        while (open.TryPop(out var value))
            if (producers.TryGetValue(value, out var node))
            {
                if (Layers.Contains(node.OpType) || node.OpType == "Add")
                    branches.Add(node);
                else
                    foreach (var input in DataInputs(node).Reverse())
                        open.Push(input);
            }
        return [.. branches.Distinct()];
    }

    // Made of layer outputs by layout operators alone. A sum with a stored vector is a layer's bias.
    private static bool IsRaw(
        string value, IReadOnlyDictionary<string, NodeProto> producers, HashSet<string> weights) =>
        producers.TryGetValue(value, out var node) && (Layers.Contains(node.OpType)
            || (node.OpType == "Concat" || Layouts.Contains(node.OpType))
                && DataInputs(node).All(input => IsRaw(input, producers, weights))
            || node.OpType == "Add" && node.Input.Count(weights.Contains) == 1
                && TrainableWeights.FollowsMatMul(node, producers));

    /// <summary>What an operator computes on, without shapes and axes.</summary>
    internal static IEnumerable<string> DataInputs(NodeProto node) => node.OpType switch
    {
        "Shape" or "Size" => [],
        "Reshape" or "Squeeze" or "Unsqueeze" or "Slice" or "Split" or "Expand" or "Tile" or "Pad" or "TopK"
            or "Gather" => node.Input.Take(1),
        _ => node.Input.Where(input => input.Length > 0),
    };
}
