using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Where to cut a detector for training: the last value that is nothing but outputs of layers, laid out anew.
/// Activations (Softmax, Sigmoid) and box decoding behind it belong to the tail.
/// </summary>
public static class HeadCut
{
    private static readonly HashSet<string> Layouts =
    [
        "Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Identity", "QuantizeLinear", "DequantizeLinear",
    ];
    private static readonly HashSet<string> Elementwise = ["Relu", "Exp", "Softplus", "Clip", "Mul", "Div"];

    /// <summary>The raw value behind a named one: itself, or the one that its tail starts from.</summary>
    /// <exception cref="ModelException">
    /// The name is unknown, or no raw value or several of them flow into it; the message lists them.
    /// </exception>
    public static string Find(OnnxModel model, string name)
    {
        _ = GraphReader.Needed(model, [name]);
        var found = Reached(new(model), name);
        return found.Count == 1 ? found[0] : throw new ModelException(found.Count == 0
            ? $"{model.Path}: no layer lies before '{name}'; name the output that carries the class scores or the "
                + "boxes."
            : $"{model.Path}: '{name}' is computed from several layer outputs ({string.Join(", ", found.Take(6))}); "
                + "name the joined value before the activation or the box decoding.");
    }

    /// <summary>
    /// The two values to cut at, found without any name being given: rows of class values and rows of boxes that
    /// belong together.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="inputShapes">Shapes of the model's inputs, where the file leaves them open.</param>
    /// <param name="classValue">The raw class value, where it is known.</param>
    /// <param name="boxValue">The raw box value, where it is known.</param>
    /// <exception cref="ModelException">Several pairs are as likely, or none is; the message lists the
    /// candidates.</exception>
    public static HeadPair Auto(OnnxModel model, IReadOnlyDictionary<string, TensorShape>? inputShapes = null,
        string? classValue = null, string? boxValue = null) =>
        HeadPair.Choose(model, CutPoint.Suggest(model, inputShapes), classValue, boxValue);

    /// <summary>All raw values that a value is computed from.</summary>
    internal static IReadOnlyList<string> Reached(ValueGraph graph, string name)
    {
        var (found, seen, open) = (new List<string>(), new HashSet<string>(), new Queue<string>([name]));
        while (open.TryDequeue(out var value))
            if (seen.Add(value) && graph.Producers.TryGetValue(value, out var node))
            {
                if (!DropsBatch(graph, node) && (IsRaw(graph, value) || IsJoined(graph, value)))
                    found.Add(value);
                else
                    foreach (var input in ValueGraph.DataInputs(node))
                        open.Enqueue(input);
            }
        return found;
    }

    /// <summary>The layers whose outputs the raw value is laid out from, one per branch of the head.</summary>
    internal static IReadOnlyList<NodeProto> Branches(OnnxModel model, string raw)
    {
        var (producers, branches, open) = (model.Producers, new List<NodeProto>(), new Stack<string>([raw]));
        while (open.TryPop(out var value))
            if (producers.TryGetValue(value, out var node))
            {
                if (ValueGraph.IsLayer(node) || node.OpType == "Add")
                    branches.Add(node);
                else
                    foreach (var input in ValueGraph.DataInputs(node).Reverse())
                        open.Push(input);
            }
        return [.. branches.Distinct()];
    }

    // A tail for one image often begins by dropping the batch axis; the raw value keeps it.
    private static bool DropsBatch(ValueGraph graph, NodeProto node)
    {
        if (node.OpType != "Squeeze")
            return false;
        var axes = node.Input.Count > 1 ? graph.Constant(node.Input[1])?.ToInt64()
            : node.Attribute.FirstOrDefault(attribute => attribute.Name == "axes")?.Ints.ToArray();
        return axes is [0];
    }

    // Made of layer outputs by layout operators alone. A sum with a stored vector is a layer's bias.
    private static bool IsRaw(ValueGraph graph, string value) =>
        graph.Producers.TryGetValue(value, out var node) && (ValueGraph.IsLayer(node)
            || (node.OpType == "Concat" || Layouts.Contains(node.OpType))
                && ValueGraph.DataInputs(node).All(input => IsRaw(graph, input))
            || node.OpType == "Add" && node.Input.Count(graph.IsStored) == 1
                && TrainableWeights.FollowsMatMul(node, graph.Producers));

    // Branches joined after a function of each number, such as FCOS's ReLU on its distances.
    private static bool IsJoined(ValueGraph graph, string value) =>
        graph.Producers.TryGetValue(value, out var node) && (node.OpType == "Concat" || Layouts.Contains(node.OpType))
            && Join(graph, value) is { Found: true, Joins: true };

    private static (bool Found, bool Joins) Join(ValueGraph graph, string value)
    {
        if (IsRaw(graph, value))
            return (true, false);
        if (!graph.Producers.TryGetValue(value, out var node))
            return (false, false);
        var numbers = node.OpType is "Mul" or "Div";
        if (numbers && !node.Input.Any(input => graph.Constant(input)?.Shape.Size == 1)
            || !numbers && node.OpType != "Concat" && !Layouts.Contains(node.OpType)
                && !Elementwise.Contains(node.OpType))
            return (false, false);
        var inputs = ValueGraph.DataInputs(node).Where(input => !graph.IsConstant(input))
            .Select(input => Join(graph, input)).ToList();
        return (inputs.Count > 0 && inputs.All(input => input.Found),
            node.OpType == "Concat" || inputs.Any(input => input.Joins));
    }
}
