using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Surgery;

/// <summary>What a model computes behind a raw value, without choosing among its rows by scores.</summary>
public static class Tail
{
    private static readonly HashSet<string> Choices =
        ["Softmax", "LogSoftmax", "Sigmoid", "TopK", "NonZero", "ArgMax", "NonMaxSuppression", "If", "Loop"];

    /// <summary>
    /// Values computed from a raw value and from constants and feature map sizes alone, such as decoded boxes, with
    /// their shapes, in the order of computation.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="raw">Name of the raw value.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="inputShapes">Shapes of the model's inputs, where the file leaves them open.</param>
    /// <exception cref="ModelException">ONNX Runtime cannot compute them.</exception>
    public static IReadOnlyList<(string Value, TensorShape Shape)> Decodings(
        OnnxModel model, string raw, TensorShape shape, IReadOnlyDictionary<string, TensorShape> inputShapes)
    {
        var feeds = ExampleInputs.Zeros(model, inputShapes);
        feeds[raw] = Tensor.Filled(shape, 0);
        return Decodings(model, raw, feeds);
    }

    /// <summary>The same where other inner values are given, too: what they come from does not count.</summary>
    /// <param name="model">The model.</param>
    /// <param name="raw">Name of the raw value.</param>
    /// <param name="feeds">The raw value, inputs and other values by name.</param>
    /// <exception cref="ModelException">ONNX Runtime cannot compute them.</exception>
    public static IReadOnlyList<(string Value, TensorShape Shape)> Decodings(
        OnnxModel model, string raw, IReadOnlyDictionary<string, Tensor> feeds)
    {
        var values = Values(model, raw, feeds);
        if (values.Count == 0)
            return [];
        var run = Subgraph.Run(model, feeds, values);
        return [.. values.Select(value => (value, run[value].Shape))];
    }

    /// <summary>Values [.., 4] of a number of floats that do not depend on what is in a picture, only on its size, in the
    /// order of computation.</summary>
    /// <param name="model">The model.</param>
    /// <param name="size">How many numbers.</param>
    /// <param name="inputShapes">Shapes of the model's inputs, where the file leaves them open.</param>
    public static IReadOnlyList<string> Constants(
        OnnxModel model, long size, IReadOnlyDictionary<string, TensorShape> inputShapes)
    {
        var seen = model.Inputs.Select(input => input.Name).ToHashSet();
        var found = model.Initializers.Where(at => at.Value is { DataType: (int)ElementType.Float32, Dims: [_, .., 4] }
            && at.Value.Dims.Aggregate((a, b) => a * b) == size).Select(at => at.Key).ToList();
        var shapes = ShapeTrace.Of(model, model.OutputNames, inputShapes).Shapes.ToDictionary();
        foreach (var node in model.Proto.Graph.Node.Where(node => node.OpType == "Constant"))
            if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T?.ToTensor() is { } stored)
                shapes[node.Output[0]] = new(stored.Type, stored.Shape);
        foreach (var node in model.Proto.Graph.Node)
            if (node.OpType is not ("Shape" or "Size") && ValueGraph.Reads(node).Any(seen.Contains))
                seen.UnionWith(node.Output);
            else
                found.AddRange(node.Output.Where(name => shapes.GetValueOrDefault(name) is { Element: ElementType.Float32 } type
                    && type.Shape.Rank > 1 && type.Shape.Size == size && type.Shape[-1] == 4));
        return found;
    }

    private static List<string> Values(OnnxModel model, string raw, IReadOnlyDictionary<string, Tensor> feeds)
    {
        // Scored: depends on an activation, a choice or a layer; asking a feature map for its size does not count.
        var (behind, scored, found) = (new HashSet<string> { raw }, new HashSet<string>(), new List<string>());
        foreach (var node in model.Proto.Graph.Node.Where(node => !node.Output.Any(feeds.ContainsKey)))
            if (ValueGraph.IsLayer(node) || Choices.Contains(node.OpType)
                || node.OpType is not ("Shape" or "Size") && ValueGraph.Reads(node).Any(scored.Contains))
                scored.UnionWith(node.Output);
            else if (ValueGraph.Reads(node).Any(behind.Contains))
                found.AddRange(node.Output.Where(name => name.Length > 0 && behind.Add(name)));
        return found;
    }
}
