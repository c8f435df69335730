using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>
/// A layer as ONNX Runtime's dynamic quantisation writes it: the input is rounded by DynamicQuantizeLinear, ConvInteger or
/// MatMulInteger multiplies whole numbers, and Cast and Mul by both scales make floats of the sums:
/// y = s_x s_w (q_x - z_x) (q_w - z_w) + bias.
/// </summary>
/// <param name="Product">ConvInteger or MatMulInteger.</param>
/// <param name="Quantizer">DynamicQuantizeLinear of the layer's input.</param>
/// <param name="Nodes">All nodes of the layer without the quantizer, which layers may share.</param>
/// <param name="Scale">Name of the weight's stored scale.</param>
/// <param name="Bias">Name of a convolution's bias; null where none is added.</param>
/// <param name="Output">Name of the float value that the layer computes.</param>
internal sealed record IntegerLayer(
    NodeProto Product, NodeProto Quantizer, IReadOnlyList<NodeProto> Nodes, string Scale, string? Bias, string Output)
{
    /// <summary>Name of the stored weight.</summary>
    public string Weight => Product.Input[1];

    /// <summary>Name of the weight's stored zero point; null where it is 0.</summary>
    public string? Zero => Product.Input.Count > 3 && Product.Input[3].Length > 0 ? Product.Input[3] : null;

    public bool IsConvolution => Product.OpType == "ConvInteger";

    /// <summary>The axis of the weight that scales may go along: a channel of the output each.</summary>
    public int Axis(int rank) => IsConvolution ? 0 : rank - 1;

    /// <summary>Whether a node multiplies whole numbers.</summary>
    public static bool IsProduct(NodeProto node) =>
        node.OpType is "ConvInteger" or "MatMulInteger" && node.Domain is "" or "ai.onnx";

    /// <summary>The layer of a product; null where other nodes stand around it.</summary>
    public static IntegerLayer? Of(ValueGraph graph, NodeProto product)
    {
        if (product.Input.Count < 2 || graph.Readers(product.Output[0]) is not [{ OpType: "Cast" } cast]
            || graph.Readers(cast.Output[0]) is not [{ OpType: "Mul" } scaled]
            || Other(scaled, cast.Output[0]) is not { } factor
            || graph.Producers.GetValueOrDefault(factor) is not { OpType: "Mul", Input.Count: 2 } scales)
            return null;
        foreach (var name in scales.Input)
            if (graph.Producers.GetValueOrDefault(name) is { OpType: "DynamicQuantizeLinear" } quantizer
                && quantizer.Output[1] == name && Other(scales, name) is { } scale && graph.Stored.Contains(scale))
                return WithBias(graph, new(product, quantizer, [product, cast, scales, scaled], scale, null,
                    scaled.Output[0]));
        return null;
    }

    // A vector of a number for each channel, laid along axis 1; a bias after MatMul is a sum of floats already.
    private static IntegerLayer WithBias(ValueGraph graph, IntegerLayer layer) =>
        layer.IsConvolution && graph.Readers(layer.Output) is [{ OpType: "Add" } sum]
            && Other(sum, layer.Output) is { } laid
            && graph.Producers.GetValueOrDefault(laid) is { OpType: "Reshape" } reshape
            && graph.Constant(reshape.Input[1])?.ToInt64() is { Length: > 2 } shape
            && shape.Index().All(at => at.Index == 1 || at.Item == 1)
            ? layer with
            {
                Nodes = [.. layer.Nodes, reshape, sum], Bias = reshape.Input[0], Output = sum.Output[0],
            } : layer;

    private static string? Other(NodeProto node, string name) =>
        node.Input.Count == 2 ? node.Input[node.Input[0] == name ? 1 : 0] : null;
}
