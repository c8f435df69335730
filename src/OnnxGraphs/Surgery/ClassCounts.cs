using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Class counts that a tail computes with: the best of all scores in one row are places times classes, from which Div
/// and Mod by the number of classes tell place and class again; some write Mod as i - i / C * C.
/// </summary>
internal static class ClassCounts
{
    /// <summary>Replaces the count in Div, Mod and Mul of integers behind a choice by scores.</summary>
    public static void Replace(OnnxModel model, string raw, int from, int to)
    {
        var graph = new ValueGraph(model);
        var (scores, chosen) = (new HashSet<string> { raw }, new HashSet<string>());
        var quotients = new HashSet<string>();
        foreach (var node in model.Proto.Graph.Node)
        {
            var reads = ValueGraph.Reads(node).ToList();
            var choice = node.OpType is "TopK" or "ArgMax" or "NonZero" && reads.Any(scores.Contains);
            var counts = node.OpType is "Div" or "Mod" && chosen.Contains(node.Input[0])
                || node.OpType == "Mul" && quotients.Contains(node.Input[0]);
            if (counts && graph.Constant(node.Input[1]) is { Type: ElementType.Int64, Shape.Size: 1 } count
                && count.ToInt64()[0] == from)
            {
                var name = node.Output[0] + "/classes";
                model.Proto.Graph.Initializer.Add(Tensor.Of<long>(count.Shape, [to]).ToProto(name));
                node.Input[1] = name;
                if (node.OpType == "Div")
                    quotients.UnionWith(node.Output);
            }
            if (node.OpType is "Cast" or "Identity" or "Floor" && quotients.Contains(node.Input[0]))
                quotients.UnionWith(node.Output);
            if (choice || reads.Any(chosen.Contains))
                chosen.UnionWith(node.Output);
            if (reads.Any(scores.Contains))
                scores.UnionWith(node.Output);
        }
    }
}
