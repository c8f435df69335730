using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Models;

/// <summary>DequantizeLinear on a training path: quantisation-aware training by straight-through gradients.</summary>
internal static class QuantizedPair
{
    /// <summary>
    /// The value of a pair, or of a trained weight on its grid; null where the node dequantises anything else.
    /// </summary>
    public static Var? Read(NodeReader reader, NodeProto node, IReadOnlyList<Var?> inputs, Attributes attributes)
    {
        if (inputs is not [{ } x, { } scale, ..])
            return null;
        var axis = (int)attributes.Int("axis", 1);
        if (x.Type.IsFloat())
            return Weight(reader, node, x, scale, inputs.ElementAtOrDefault(2), axis);
        if (x.Node is not { Op: "QuantizeLinear" } pair || !pair[0].DependsOnInput)
            return null;
        var value = Op.Append(reader.Graph, "DequantizeLinear", inputs, attributes, node.Name, null, 1).Outputs[0];
        return Op.StraightThrough(value, pair[0], pair[1], pair.Optional(2) ?? Zero(pair[1], x.Type), axis);
    }

    // A weight that is stored as whole numbers is trained as floats. Biases, stored in 32 bits, have a grid so fine that
    // rounding to it means nothing.
    private static Var Weight(NodeReader reader, NodeProto node, Var weight, Var scale, Var? zero, int axis)
    {
        var type = zero?.Type ?? reader.StoredType(node.Input[0]) ?? ElementType.UInt8;
        return type == ElementType.Int32 ? weight : Op.FakeQuantize(weight, scale, zero ?? Zero(scale, type), axis);
    }

    private static Var Zero(Var scale, ElementType type) =>
        scale.Graph.Constant(new Tensor(type, scale.Shape, new byte[scale.Shape.Size * type.Size()]));
}
