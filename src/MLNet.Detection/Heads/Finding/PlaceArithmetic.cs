using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Heads;

/// <summary>What a file computes of values place by place: layout and arithmetic, but no choice among rows, no sums over
/// them and no whole numbers.</summary>
internal static class PlaceArithmetic
{
    private static readonly string[] Moves =
    [
        "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Split", "Slice", "Concat", "Expand", "Gather",
        "GatherElements", "GatherND", "Cast", "QuantizeLinear", "DequantizeLinear", "Where", "ScatterND", "ScatterElements",
        "Max", "Min", "Clip", "Relu", "MatMul",
    ];

    /// <summary>The values, and those behind them.</summary>
    public static IReadOnlySet<string> Behind(OnnxModel model, IEnumerable<string> values)
    {
        var (behind, seen) = (values.ToHashSet(), model.Inputs.Select(input => input.Name).ToHashSet());
        foreach (var node in model.Proto.Graph.Node)
        {
            if ((Moves.Contains(node.OpType) || Computes(node)) && !IsWhole(node) && Carried(node).Any(behind.Contains) && !Chooses(node, seen))
                behind.UnionWith(node.Output);
            if (node.OpType is not ("Shape" or "Size") && (node.OpType is "If" or "Loop" or "Scan" || node.Input.Any(seen.Contains)))
                seen.UnionWith(node.Output);
        }
        return behind;
    }

    /// <summary>Whether an operator makes other numbers, each of one of its input.</summary>
    public static bool Computes(NodeProto node) => node.OpType is "Add" or "Sub" or "Mul" or "Div" or "Neg" or "Pow" or "Sqrt"
        or "Exp" or "Log" or "Abs" or "Reciprocal";

    /// <summary>Numbers that go on through an operator, not those that say which.</summary>
    public static IEnumerable<string> Carried(NodeProto node) => node.OpType switch
    {
        "Where" => node.Input.Skip(1),
        "ScatterND" or "ScatterElements" => node.Input.Where((_, i) => i != 1),
        "Concat" or "Add" or "Sub" or "Mul" or "Div" or "Pow" or "Max" or "Min" or "MatMul" =>
            node.Input,
        _ => node.Input.Take(1),
    };

    // Rows that the picture chooses are in an order of their own.
    private static bool Chooses(NodeProto node, HashSet<string> seen) =>
        node.OpType is "Gather" or "GatherElements" or "GatherND" or "ScatterND" or "ScatterElements" or "Slice"
        && (node.OpType is "Slice" or "ScatterND" or "ScatterElements" && node.Input.Count > 1
            ? node.Input.Skip(1).Where((_, i) => node.OpType == "Slice" || i == 0) : node.Input.Skip(1)).Any(seen.Contains);

    private static bool IsWhole(NodeProto node) => node.OpType == "Cast"
        && node.Attribute.FirstOrDefault(attribute => attribute.Name == "to")?.I is not (1 or 10 or 11 or 16);
}
