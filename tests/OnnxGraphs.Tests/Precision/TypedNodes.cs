using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Tests.Precision;

/// <summary>
/// The nodes of a model with the element type that decides which kernel each one needs. What is computed from stored
/// values alone is left out: a session computes it once, on the processor, when it is made.
/// </summary>
internal static class TypedNodes
{
    /// <summary>In an order of computation; the type is that of what a node computes with.</summary>
    public static IReadOnlyList<(NodeProto Node, ElementType Type)> Of(OnnxModel model)
    {
        var types = Types(model);
        var stored = model.Proto.Graph.Initializer.Select(tensor => tensor.Name).Append("").ToHashSet();
        var nodes = new List<(NodeProto, ElementType)>();
        foreach (var node in model.Proto.Graph.Node)
            if (node.Input.All(stored.Contains))
                stored.UnionWith(node.Output);
            else
                nodes.Add((node, types[node.Input[Decisive(node)]]));
        return nodes;
    }

    /// <summary>The element type of each value.</summary>
    public static IReadOnlyDictionary<string, ElementType> Types(OnnxModel model)
    {
        var types = model.Proto.Graph.Input.ToDictionary(input => input.Name,
            input => (ElementType)input.Type.TensorType.ElemType);
        foreach (var tensor in model.Proto.Graph.Initializer)
            types[tensor.Name] = (ElementType)tensor.DataType;
        foreach (var node in model.Proto.Graph.Node)
            for (var i = 0; i < node.Output.Count; i++)
                types[node.Output[i]] = i > 0 && node.OpType is ("TopK" or "MaxPool") ? ElementType.Int64
                    : Computed(node, types);
        return types;
    }

    // The input that has the type that a kernel is chosen by.
    private static int Decisive(NodeProto node) => node.OpType switch { "Where" => 1, "OneHot" => 2, _ => 0 };

    private static ElementType Computed(NodeProto node, Dictionary<string, ElementType> types) => node.OpType switch
    {
        "Cast" => (ElementType)node.Attribute.Single(attribute => attribute.Name == "to").I,
        "ConstantOfShape" => (ElementType)(node.Attribute.SingleOrDefault(attribute => attribute.Name == "value")?.T
            .DataType ?? (int)ElementType.Float32),
        "Greater" or "GreaterOrEqual" or "Less" or "LessOrEqual" or "Equal" or "IsNaN" or "IsInf" => ElementType.Bool,
        "ArgMax" or "ArgMin" or "NonZero" or "Shape" or "Size" => ElementType.Int64,
        "QuantizeLinear" => types[node.Input[2]],
        "DequantizeLinear" or "CastLike" => types[node.Input[1]],
        _ => types[node.Input[Decisive(node)]],
    };
}
