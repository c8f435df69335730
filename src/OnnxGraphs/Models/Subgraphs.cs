using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>The graphs inside <c>If</c>, <c>Loop</c> and <c>Scan</c>.</summary>
internal static class Subgraphs
{
    /// <summary>The graphs that a node holds as attributes.</summary>
    public static IEnumerable<GraphProto> Of(NodeProto node) =>
        node.Attribute.Where(attribute => attribute.G is not null).Select(attribute => attribute.G);

    /// <summary>The node and all nodes inside its graphs.</summary>
    public static IEnumerable<NodeProto> WithBodies(NodeProto node) =>
        Of(node).SelectMany(graph => graph.Node).SelectMany(WithBodies).Prepend(node);

    /// <summary>All tensors that a graph stores: initializers and attributes, those of its branches included.</summary>
    public static IEnumerable<TensorProto> Tensors(GraphProto graph) =>
        graph.Initializer.Concat(graph.Node.SelectMany(node => node.Attribute.Select(attribute => attribute.T)
            .OfType<TensorProto>().Concat(Of(node).SelectMany(Tensors))));

    /// <summary>Names that a node reads: its inputs, and what its graphs take from around them.</summary>
    public static IEnumerable<string> Reads(NodeProto node) =>
        node.Input.Where(name => name.Length > 0).Concat(Of(node).SelectMany(Captured));

    private static IEnumerable<string> Captured(GraphProto graph)
    {
        var own = graph.Input.Select(input => input.Name).Concat(graph.Initializer.Select(tensor => tensor.Name))
            .Concat(graph.Node.SelectMany(node => node.Output)).ToHashSet(StringComparer.Ordinal);
        return graph.Node.SelectMany(Reads).Concat(graph.Output.Select(output => output.Name))
            .Where(name => !own.Contains(name));
    }
}
