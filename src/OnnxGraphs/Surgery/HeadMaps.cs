using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>The feature maps that a head's convolutions give, whatever the file makes of them afterwards.</summary>
public static class HeadMaps
{
    /// <summary>
    /// Names of the convolutions' outputs nearest before a value, each once, in the order in which the value is put
    /// together: level by level where levels are concatenated. Layout, activations and decoding are walked through.
    /// Empty where no convolution lies before it.
    /// </summary>
    /// <exception cref="ModelException">The name is unknown.</exception>
    public static IReadOnlyList<string> Behind(OnnxModel model, string value)
    {
        _ = GraphReader.Needed(model, [value]);
        var (producers, maps) = (model.Producers, new List<string>());
        var (seen, open) = (new HashSet<string>(), new Stack<string>([value]));
        while (open.TryPop(out var name))
            if (seen.Add(name) && producers.TryGetValue(name, out var node))
            {
                if (node.OpType == "Conv" && !IsExpectation(node, producers))
                    maps.Add(name);
                else
                    foreach (var input in ValueGraph.DataInputs(node).Reverse())
                        open.Push(input);
            }
        return maps;
    }

    // Decoding of distributions: a convolution of a softmax takes its mean.
    private static bool IsExpectation(NodeProto conv, IReadOnlyDictionary<string, NodeProto> producers)
    {
        var before = producers.GetValueOrDefault(conv.Input[0]);
        while (before is { OpType: "Transpose" or "Reshape" or "QuantizeLinear" or "DequantizeLinear" })
            before = producers.GetValueOrDefault(before.Input[0]);
        return before?.OpType == "Softmax";
    }
}
