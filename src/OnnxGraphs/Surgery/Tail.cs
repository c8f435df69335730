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
