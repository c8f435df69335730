using OnnxGraphs.Graphs;

namespace OnnxGraphs.Models;

/// <summary>The value of a Constant node, whichever attribute holds it.</summary>
internal static class ConstantNode
{
    public static Tensor Value(Attributes attributes) =>
        attributes.Tensor("value")
        ?? (attributes.Ints("value_ints") is { } ints ? Tensor.Vector<long>(ints)
            : attributes.Has("value_int") ? Tensor.Scalar(ElementType.Int64, attributes.Int("value_int", 0))
            : attributes.Floats("value_floats") is { } floats ? Tensor.Vector<float>(floats)
            : attributes.Has("value_float") ? Tensor.Scalar(ElementType.Float32, attributes.Float("value_float", 0))
            : throw new GraphException("A Constant node without a numeric value is not supported."));
}
