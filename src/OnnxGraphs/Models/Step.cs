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
    public static Step Of(Node node)
    {
        var (domain, op) = node.Op.Split(Node.DomainMark) is [var other, var type] ? (other, type) : ("", node.Op);
        return new(domain, op, node.Name, node.Inputs, node.Outputs, node.Attributes);
    }
}
