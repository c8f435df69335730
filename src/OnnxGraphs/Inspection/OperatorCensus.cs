using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Inspection;

/// <summary>Counts operator types, and asks the table of operators about each.</summary>
internal static class OperatorCensus
{
    // Read without an operator of their own: they vanish, or become constants. Roundings come in pairs, which have a
    // gradient together.
    private static readonly HashSet<string> Vanishing = ["Constant", "Identity", "Dropout", "Shape", "Size"];

    // Operators of old opsets, and what they are read as.
    private static readonly Dictionary<string, string> Renamed = new() { ["Upsample"] = "Resize", ["Scatter"] = "ScatterElements" };

    public static IReadOnlyList<OperatorUse> Of(
        ValueGraph graph, IReadOnlyList<string> values, IReadOnlyList<WeightPlace> weights)
    {
        var passed = Passed(graph, values, weights);
        return
        [
            .. graph.Model.Proto.Graph.Node.GroupBy(Name).Select(nodes => new OperatorUse(
                    nodes.Key, nodes.Count(), nodes.Count(passed.Contains),
                    Vanishing.Contains(nodes.Key) || Op.Table.ContainsKey(Read(nodes.Key)),
                    Vanishing.Contains(nodes.Key) || ValueGraph.IsRounding(nodes.First())
                        || Op.Table.GetValueOrDefault(Read(nodes.Key))?.IsDifferentiable == true))
                .OrderByDescending(use => use.Count).ThenBy(use => use.Operator, StringComparer.Ordinal),
        ];
    }

    // Nodes behind a trainable weight and before a raw value.
    private static HashSet<NodeProto> Passed(
        ValueGraph graph, IReadOnlyList<string> values, IReadOnlyList<WeightPlace> weights)
    {
        var reached = weights.Select(weight => weight.Name).ToHashSet();
        var passed = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        foreach (var node in values.Count == 0 ? [] : GraphReader.Needed(graph.Model, values))
            if (ValueGraph.DataInputs(node).Any(reached.Contains))
            {
                passed.Add(node);
                reached.UnionWith(node.Output);
            }
        return passed;
    }

    private static string Read(string name) => Renamed.GetValueOrDefault(name, name);

    private static string Name(NodeProto node) =>
        node.Domain is "" or "ai.onnx" ? node.OpType : $"{node.Domain}.{node.OpType}";
}
