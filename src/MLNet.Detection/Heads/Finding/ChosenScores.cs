using System.Globalization;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// Scores that a file gives of the places that it chooses, by suppression or rank. They stand in no row of their own, but
/// where arithmetic with constants lies between, the best of them must be among those decoded here.
/// </summary>
internal static class ChosenScores
{
    private const int Best = 16;
    private const float LeastShare = 0.9f, Rounding = 1e-4f;

    private static readonly string[] Moves =
    [
        "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Split", "Slice", "Concat", "Cast", "Where", "TopK",
        "Gather", "GatherElements", "GatherND", "ScatterND", "ScatterElements", "ReduceMax",
    ];

    /// <summary>What differs, in words; null where nothing does, or the picture has no objects to choose.</summary>
    /// <param name="model">The file.</param>
    /// <param name="feeds">The picture.</param>
    /// <param name="own">The scores of all places, as they are decoded here.</param>
    /// <param name="names">The values of the file that may be scores.</param>
    public static string? Difference(
        OnnxModel model, IReadOnlyDictionary<string, Tensor> feeds, ScoreTable own, ScoreValues names)
    {
        var outputs = Changed(model, names.Activated).Where(names.Outputs.Contains).Except(names.Computed).ToList();
        if (outputs.Count == 0)
            return null;
        float[] wanted = [.. own.Scores.SelectMany(row => row).Order()];
        foreach (var (name, value) in Subgraph.Run(model, feeds, outputs))
        {
            if (value.Type != ElementType.Float32 || value.Shape.Size == 0)
                continue;
            // Rows that are left over are filled with zeros.
            float[] best = [.. value.Values<float>().ToArray().Where(score => score > 0).OrderDescending().Take(Best)];
            var others = best.Where(score => !IsNear(Nearest(wanted, score), score)).ToList();
            if (others.Count > (1 - LeastShare) * best.Length)
                return $"'{name}' has {Text(others[0])}, decoded here no score is that, and the nearest is {Text(Nearest(wanted, others[0]))}";
        }
        return null;
    }

    // Arithmetic with constants made them of probabilities, before or behind the choice; boxes beside them end the trace.
    private static HashSet<string> Changed(OnnxModel model, IReadOnlySet<string> activated)
    {
        var (scores, changed) = (activated.ToHashSet(), new HashSet<string>());
        var seen = model.Inputs.Select(input => input.Name).ToHashSet();
        foreach (var node in model.Proto.Graph.Node)
        {
            if (node.Input.Any(scores.Contains) && (Moves.Contains(node.OpType) || PlaceArithmetic.Computes(node)))
                Follow(node);
            if (node.OpType is "If" or "Loop" or "Scan" || node.Input.Any(seen.Contains))
                seen.UnionWith(node.Output);
        }
        return changed;

        void Follow(NodeProto node)
        {
            var carried = PlaceArithmetic.Carried(node).Where(name => name.Length > 0).ToList();
            if (!carried.Any(scores.Contains) || node.OpType == "Concat" && !carried.All(scores.Contains))
                return;
            scores.Add(node.Output[0]);
            if (node.OpType == "Split")
                scores.UnionWith(node.Output);
            if (carried.Any(changed.Contains) || PlaceArithmetic.Computes(node) && carried.Count(seen.Contains) == 1)
                changed.UnionWith(node.Output.Where(scores.Contains));
        }
    }

    private static float Nearest(float[] sorted, float score)
    {
        var at = Array.BinarySearch(sorted, score);
        if (at >= 0)
            return score;
        return new[] { ~at - 1, ~at }.Where(i => i >= 0 && i < sorted.Length).Select(i => sorted[i])
            .MinBy(other => Math.Abs(other - score));
    }

    private static bool IsNear(float a, float b) => Math.Abs(a - b) <= 1e-7f + Rounding * Math.Abs(b);

    private static string Text(float score) => score.ToString("G6", CultureInfo.InvariantCulture);
}
