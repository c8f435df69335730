using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>
/// Models in 16-bit floats are trained in float32: what is read is widened, what is saved stays as it was.
/// </summary>
internal static class HalfPrecision
{
    /// <summary>Whether a stored element type is a float of 16 bits.</summary>
    public static bool IsHalf(int dataType) =>
        (ElementType)dataType is ElementType.Float16 or ElementType.BFloat16;

    /// <summary>Widens declared values, stored tensors, casts and constants of a graph, those of its branches included.</summary>
    public static void Widen(GraphProto graph)
    {
        foreach (var value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
            if (IsHalf(value.Type?.TensorType?.ElemType ?? 0))
                value.Type!.TensorType.ElemType = (int)ElementType.Float32;
        for (var i = 0; i < graph.Initializer.Count; i++)
            graph.Initializer[i] = Widened(graph.Initializer[i]);
        foreach (var node in graph.Node)
            foreach (var attribute in node.Attribute)
                Widen(node, attribute);
    }

    private static void Widen(NodeProto node, AttributeProto attribute)
    {
        if (attribute.T is not null)
            attribute.T = Widened(attribute.T);
        if (attribute.G is not null)
            Widen(attribute.G);
        if (attribute.Name is "to" or "dtype" && IsHalf((int)attribute.I) && node.Domain is "" or "ai.onnx")
            attribute.I = (long)ElementType.Float32;
    }

    private static TensorProto Widened(TensorProto tensor) =>
        IsHalf(tensor.DataType) ? tensor.ToTensor().ToFloat32().ToProto(tensor.Name) : tensor;
}
