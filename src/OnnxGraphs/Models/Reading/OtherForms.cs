using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Models;

/// <summary>
/// Nodes that are read as something else than the operator of their name: what computes nothing, forms of other opsets
/// that need shapes to be rewritten, and what trains better or only in another form.
/// </summary>
internal static class OtherForms
{
    /// <summary>The node's first output; null where the node is read as it is.</summary>
    public static Var? Read(NodeReader reader, NodeProto node, IReadOnlyList<Var?> inputs, Attributes attributes) =>
        node.OpType switch
        {
            "Identity" or "Dropout" when inputs.Count > 0 => inputs[0],
            "BatchNormalization" => reader.Options.Statistics?.Normalized(node, inputs, attributes)
                ?? FoldedNormalization(reader, node, inputs, attributes),
            "Softmax" or "LogSoftmax" or "Hardmax" => CoercedSoftmax(node, inputs, attributes),
            "GroupNormalization" => ScaledByGroup(node, inputs, attributes),
            "RMSNormalization" => RootMeanSquare(inputs, attributes),
            "ScatterND" => Combined(inputs, attributes),
            "DequantizeLinear" => QuantizedPair.Read(reader, node, inputs, attributes),
            _ => null,
        };

    // Conv then BatchNormalization in inference form is one Conv with scaled weights: w' = w s, b' = (b - mean) s +
    // beta with s = gamma / sqrt(var + eps). Gradients then reach gamma and beta without a pass over activations.
    private static Var? FoldedNormalization(NodeReader reader, NodeProto node, IReadOnlyList<Var?> inputs,
        Attributes attributes)
    {
        if (!reader.Options.FoldBatchNormalization || attributes.Flag("training_mode") || inputs.Count < 5
            || inputs[0]?.Node is not { Op: "Conv" } conv || reader.Uses.GetValueOrDefault(node.Input[0]) != 1)
            return null;
        var (gamma, beta, mean, variance) = (inputs[1]!, inputs[2]!, inputs[3]!, inputs[4]!);
        var s = gamma / Op.Sqrt(variance + attributes.Float("epsilon", 1e-5f));
        var w = conv[1] * Op.Reshape(s,
            new TensorShape([s.Shape[0], .. Enumerable.Repeat(1L, conv[1].Shape.Rank - 1)]));
        var bias = conv.Optional(2) is { } b ? (b - mean) * s + beta : beta - mean * s;
        return Op.Apply("Conv", [conv[0], w, bias], conv.Attributes);
    }

    // Before opset 13 all axes from `axis` on were one: where the later ones are 1, that is a Softmax of today.
    private static Var? CoercedSoftmax(NodeProto node, IReadOnlyList<Var?> inputs, Attributes attributes)
    {
        if (!attributes.Has(OpsetUpgrade.CoercedAxes) || inputs is not [{ } x, ..])
            return null;
        var axis = x.Shape.Axis(attributes.Int("axis", 1));
        if (x.Shape.Skip(axis + 1).All(dim => dim == 1))
            return Op.Append(x.Graph, node.OpType, [x], new() { { "axis", axis } }, node.Name, node.Output, 1)
                .Outputs[0];
        var rows = Op.Apply("Flatten", [x], new() { { "axis", axis } });
        return Op.Reshape(Op.Apply(node.OpType, [rows], new() { { "axis", 1 } }), x.Shape);
    }

    // Before opset 21 scale and bias were given for each group, not for each channel.
    private static Var? ScaledByGroup(NodeProto node, IReadOnlyList<Var?> inputs, Attributes attributes)
    {
        if (!attributes.Has(OpsetUpgrade.ScaledByGroup) || inputs is not [{ } x, { } scale, { } bias])
            return null;
        var groups = attributes.Int("num_groups", 1);
        Var ByChannel(Var value) => value.Shape.Size != groups || x.Shape[1] % groups != 0
            ? throw new GraphException($"GroupNormalization '{node.Name}' has {value.Shape.Size} scales for {groups} "
                + $"groups of {x.Shape[1]} channels; export it again.")
            : Op.Reshape(Op.Expand(Op.Reshape(value, groups, 1), new(groups, x.Shape[1] / groups)), x.Shape[1]);
        return Op.Apply("GroupNormalization", [x, ByChannel(scale), ByChannel(bias)],
            new() { { "num_groups", groups }, { "epsilon", attributes.Float("epsilon", 1e-5f) } });
    }

    // Of opset 23: y = x / sqrt(mean(x^2) + eps) scale.
    private static Var? RootMeanSquare(IReadOnlyList<Var?> inputs, Attributes attributes)
    {
        if (inputs is not [{ } x, { } scale])
            return null;
        var axis = x.Shape.Axis(attributes.Int("axis", -1));
        long[] axes = [.. Enumerable.Range(axis, x.Shape.Rank - axis).Select(i => (long)i)];
        return x / Op.Sqrt(Op.ReduceMean(x * x, axes) + attributes.Float("epsilon", 1e-5f)) * scale;
    }

    // ONNX Runtime's own loses updates where places repeat and there are several threads.
    private static Var? Combined(IReadOnlyList<Var?> inputs, Attributes attributes) =>
        attributes.Text("reduction", "none") is not "none" and var reduction
        && inputs is [{ } x, { } indices, { } updates]
            ? Op.ScatterND(x, indices, updates, reduction) : null;
}
