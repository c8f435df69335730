using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Labels pushed through the layout behind a head's layers. Labels are no values: QuantizeLinear and DequantizeLinear
/// would round and clip them, so they pass them on.
/// </summary>
internal static class LabelRun
{
    /// <summary>The named values for labels in the place of layer outputs.</summary>
    public static IReadOnlyDictionary<string, Tensor> Push(
        OnnxModel model, IReadOnlyDictionary<string, Tensor> feeds, IReadOnlyList<string> values) =>
        Subgraph.Run(WithoutRounding(model), feeds, values);

    private static OnnxModel WithoutRounding(OnnxModel model)
    {
        if (!model.Proto.Graph.Node.Any(ValueGraph.IsRounding))
            return model;
        var copy = model.Clone();
        var stored = copy.Initializers;
        foreach (var node in copy.Proto.Graph.Node.Where(ValueGraph.IsRounding))
            if (!stored.ContainsKey(node.Input[0]))
            {
                node.OpType = "Identity";
                while (node.Input.Count > 1)
                    node.Input.RemoveAt(1);
                node.Attribute.Clear();
            }
        return copy;
    }
}
