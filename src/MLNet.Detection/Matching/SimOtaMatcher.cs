using System.Numerics;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Matching;

/// <summary>
/// SimOTA, YOLOX's simplified optimal transport: a truth is learnt by the k anchors whose present prediction costs
/// least, cost = BCE(sqrt(class * objectness)) - weight log IoU + a large number outside the truth's centre region,
/// where k is the sum of the truth's best IoUs. An anchor that several truths want takes the one it costs least.
/// Ge et al. 2021, https://arxiv.org/abs/2107.08430
/// </summary>
/// <param name="CenterRadius">Half the side of the centre region, in strides.</param>
/// <param name="TopK">How many IoUs make k.</param>
/// <param name="IouWeight">Weight of -log IoU.</param>
/// <param name="OutsideCost">The large number.</param>
public sealed record SimOtaMatcher(
    float CenterRadius = 1.5f, int TopK = 10, float IouWeight = 3f, float OutsideCost = 1e6f)
{
    /// <summary>Matches the truths of one picture.</summary>
    /// <param name="truths">The true boxes.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="predicted">N predicted boxes.</param>
    /// <param name="classLogits">[N,C].</param>
    /// <param name="objectness">N logits.</param>
    /// <param name="points">N anchor centres.</param>
    /// <param name="strides">N strides.</param>
    /// <returns>Per anchor the index of its truth or <see cref="Matcher.Background"/>, and the IoU of its predicted box
    /// with it.</returns>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    public (int[] Matches, float[] Ious) Match(
        ReadOnlySpan<Box> truths, ReadOnlySpan<int> labels, ReadOnlySpan<Box> predicted,
        ReadOnlySpan<float> classLogits, ReadOnlySpan<float> objectness, ReadOnlySpan<Vector2> points,
        ReadOnlySpan<float> strides)
    {
        var anchors = points.Length;
        if (labels.Length != truths.Length || predicted.Length != anchors || objectness.Length != anchors
            || strides.Length != anchors || (anchors > 0 && classLogits.Length % anchors != 0))
            throw new ArgumentException(
                $"{truths.Length} truths and {labels.Length} labels, {anchors} points, {strides.Length} strides, "
                + $"{predicted.Length} predicted boxes, {objectness.Length} objectness and {classLogits.Length} class "
                + "logits do not belong together.");
        var near = NearCenter(truths, points, strides);
        int[] candidates = [.. Enumerable.Range(0, anchors).Where(i => near.Any(row => row[i]))];
        var (costs, ious) = (new double[truths.Length][], new double[truths.Length][]);
        for (var g = 0; g < truths.Length; g++)
        {
            (costs[g], ious[g]) = (new double[candidates.Length], new double[candidates.Length]);
            foreach (var (c, i) in candidates.Index())
            {
                var logits = classLogits.Slice(i * (classLogits.Length / anchors), classLogits.Length / anchors);
                var iou = BoxOverlap.IntersectionOverUnion(truths[g], predicted[i]);
                costs[g][c] = ClassCost(logits, objectness[i], labels[g]) - IouWeight * Math.Log(iou + 1e-8)
                    + (near[g][i] ? 0 : OutsideCost);
                ious[g][c] = iou;
            }
        }
        var (matches, matched) = (new int[anchors], new float[anchors]);
        Array.Fill(matches, Matcher.Background);
        foreach (var (c, truth) in Assign(costs, ious, candidates.Length))
            (matches[candidates[c]], matched[candidates[c]]) = (truth, (float)ious[truth][c]);
        return (matches, matched);
    }

    private IEnumerable<(int Candidate, int Truth)> Assign(double[][] costs, double[][] ious, int candidates)
    {
        var wanted = new List<int>[candidates];
        for (var truth = 0; truth < costs.Length; truth++)
        {
            var k = Math.Max(1, (int)ious[truth].OrderDescending().Take(TopK).Sum());
            foreach (var c in Enumerable.Range(0, candidates).OrderBy(c => costs[truth][c]).Take(k))
                (wanted[c] ??= []).Add(truth);
        }
        for (var c = 0; c < candidates; c++)
            if (wanted[c] is { } truths)
                yield return (c, truths.Count == 1
                    ? truths[0]
                    : Enumerable.Range(0, costs.Length).MinBy(truth => costs[truth][c]));
    }

    private bool[][] NearCenter(ReadOnlySpan<Box> truths, ReadOnlySpan<Vector2> points, ReadOnlySpan<float> strides)
    {
        var near = new bool[truths.Length][];
        for (var g = 0; g < near.Length; g++)
        {
            var (cx, cy, _, _) = truths[g].ToCxcywh();
            near[g] = new bool[points.Length];
            for (var i = 0; i < points.Length; i++)
            {
                var distance = Vector2.Abs(points[i] - new Vector2(cx, cy));
                near[g][i] = MathF.Max(distance.X, distance.Y) < CenterRadius * strides[i];
            }
        }
        return near;
    }

    // Binary cross-entropy of sqrt(sigmoid(class) sigmoid(objectness)) with the one-hot label; logarithms no lower than
    // -100.
    private static double ClassCost(ReadOnlySpan<float> logits, float objectness, int label)
    {
        var cost = 0.0;
        for (var c = 0; c < logits.Length; c++)
        {
            var p = Math.Sqrt(1 / (1 + Math.Exp(-logits[c])) / (1 + Math.Exp(-objectness)));
            cost -= Math.Max(-100, Math.Log(c == label ? p : 1 - p));
        }
        return cost;
    }
}
