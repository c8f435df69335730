using OnnxGraphs.Graphs;

namespace OnnxGraphs.Models;

/// <summary>A node as it is written to a model: one of the graph's, or one that stands for several of them.</summary>
/// <param name="Domain">Operator set; empty for standard ONNX.</param>
/// <param name="Op">Operator type.</param>
/// <param name="Name">Name of the node.</param>
/// <param name="Inputs">What it reads; null where an optional input is left out.</param>
/// <param name="Outputs">What it computes.</param>
/// <param name="Attributes">Its attributes.</param>
internal sealed record Step(string Domain, string Op, string Name, IReadOnlyList<Var?> Inputs,
    IReadOnlyList<Var> Outputs, Attributes Attributes)
{
    /// <summary>The node as it is written.</summary>
    public static Step Of(Node node)
    {
        if (IsReciprocal(node))
            return new("", "Reciprocal", node.Name, [node[1]], node.Outputs, Attributes.None);
        var (domain, op) = node.Op.Split(Node.DomainMark) is [var other, var type] ? (other, type) : ("", node.Op);
        return new(domain, op, node.Name, node.Inputs, node.Outputs, node.Attributes);
    }

    // Where 1 / x is multiplied by another quotient of that kind, ONNX Runtime's DivMulFusion loses the edge to one of
    // them, and the model does not open; it looks for Div with a 1 only.
    private static bool IsReciprocal(Node node) => node.Op == "Div"
        && node[0] is { DependsOnInput: false, Shape.Size: 1, Type: ElementType.Float32 or ElementType.Float64 } one
        && node.Outputs[0].Shape == node[1].Shape && one.TryConstant() is { } value
        && (value.Type == ElementType.Float32 ? value.Values<float>()[0] : value.Values<double>()[0]) == 1;
}
