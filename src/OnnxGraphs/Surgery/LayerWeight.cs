using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>A stored weight or bias of a layer.</summary>
/// <param name="Name">The stored tensor.</param>
/// <param name="Axis">Its axis with the layer's output channels.</param>
/// <param name="IsBias">Whether it is added, not multiplied with.</param>
/// <param name="Scaled">
/// The QuantizeLinear and DequantizeLinear nodes between it and the layer that have a scale for each output channel.
/// </param>
internal sealed record LayerWeight(string Name, int Axis, bool IsBias, IReadOnlyList<NodeProto> Scaled)
{
    /// <summary>Weight and bias of a layer, or of a MatMul and the Add behind it.</summary>
    /// <exception cref="ModelException">One is not stored in the file.</exception>
    public static IEnumerable<LayerWeight> Of(OnnxModel model, NodeProto layer)
    {
        if (layer.OpType == "Add")
        {
            var graph = new ValueGraph(model);
            yield return Behind(model, layer.Input.First(graph.IsStored), -1, isBias: true);
            layer = Multiplication(graph, layer);
        }
        var transposed = layer.OpType == "Gemm" && layer.Attribute.FirstOrDefault(a => a.Name == "transB")?.I == 1;
        var axis = layer.OpType == "Conv" || transposed ? 0 : layer.OpType == "ConvTranspose" ? 1 : -1;
        yield return Behind(model, layer.Input[1], axis, isBias: false);
        if (layer.Input.Count > 2 && layer.Input[2].Length > 0)
            yield return Behind(model, layer.Input[2], -1, isBias: true);
    }

    /// <summary>The node that multiplies: the layer itself, or the MatMul before an Add of its bias.</summary>
    public static NodeProto Multiplication(ValueGraph graph, NodeProto layer) => layer.OpType != "Add" ? layer
        : graph.Producers[
            ValueGraph.BeforeRounding(graph.Producers, layer.Input.First(input => !graph.IsStored(input)))];

    // Conversions between the stored tensor and the layer; of them a Transpose moves the axis.
    private static LayerWeight Behind(OnnxModel model, string value, int axis, bool isBias)
    {
        var name = new StoredWeights(model).Behind(value) ?? throw new ModelException(
            $"{model.Path}: '{value}' of the class head is not stored in the file, as floats or as whole numbers with "
            + "a stored scale; its head cannot be replaced.");
        var (rank, producers, scaled) = (model.Initializers[name].Dims.Count, model.Producers, new List<NodeProto>());
        for (axis = axis < 0 ? axis + rank : axis; value != name; value = producers[value].Input[0])
        {
            var (node, attributes) = (producers[value], AttributeValues.Read(producers[value]));
            if (node.OpType == "Transpose")
                axis = (int)(attributes.Ints("perm")?[axis] ?? rank - 1 - axis);
            else if (node.OpType != "Cast" && (attributes.Int("axis", 1) + rank) % rank == axis
                && ShapeConstants.Constant(model, node.Input[1])?.Shape.Size > 1)
                scaled.Add(node);
        }
        return new(name, axis, isBias, scaled);
    }
}
