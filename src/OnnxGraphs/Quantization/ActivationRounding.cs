using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>
/// QDQ files without the rounding of activations, to look at what they compute: a tail whose numbers are rounded to 256
/// steps shows its formulas badly. Names of values stay.
/// </summary>
public static class ActivationRounding
{
    /// <summary>The model with an Identity for each pair of QuantizeLinear and DequantizeLinear of a computed value; itself
    /// where it has none. Stored weights stay as they are.</summary>
    public static OnnxModel Without(OnnxModel model)
    {
        var (producers, stored) = (model.Producers, model.Initializers);
        bool IsPair(Models.Proto.NodeProto node) => node.OpType == "DequantizeLinear"
            && producers.GetValueOrDefault(node.Input[0]) is { OpType: "QuantizeLinear" } before
            && !stored.ContainsKey(before.Input[0]);
        if (!model.Proto.Graph.Node.Any(IsPair))
            return model;
        var copy = model.Clone();
        foreach (var node in copy.Proto.Graph.Node.Where(IsPair).ToList())
        {
            var value = ValueGraph.BeforeRounding(producers, node.Input[0]);
            node.OpType = "Identity";
            node.Attribute.Clear();
            node.Input.Clear();
            node.Input.Add(value);
        }
        return copy;
    }
}
