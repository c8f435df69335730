using System.Numerics;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Matching;

/// <summary>
/// Task alignment: a truth is learnt by the anchors whose present prediction serves it best, t = s^alpha u^beta with s
/// the score of its class and u the IoU of the predicted box. Feng et al. 2021 (TOOD), https://arxiv.org/abs/2108.07755
/// </summary>
/// <param name="TopK">Anchors of a truth at most.</param>
/// <param name="Alpha">Weight of the score.</param>
/// <param name="Beta">Weight of the IoU.</param>
/// <param name="InsideFirst">Whether only anchors inside the truth compete for the first places (as YOLOv8 does), or
/// anchors outside leave their place empty (TOOD).</param>
public sealed record TaskAlignedMatcher(int TopK = 13, float Alpha = 1f, float Beta = 6f, bool InsideFirst = false)
{
    private const float InsideBy = 0.01f;

    /// <summary>Matches the truths of one picture.</summary>
    /// <param name="truths">The true boxes.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="scores">[N,C] probabilities.</param>
    /// <param name="predicted">N predicted boxes.</param>
    /// <param name="points">N anchor centres.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    public TaskAlignedMatch Match(
        ReadOnlySpan<Box> truths, ReadOnlySpan<int> labels, ReadOnlySpan<float> scores, ReadOnlySpan<Box> predicted,
        ReadOnlySpan<Vector2> points)
    {
        var anchors = points.Length;
        if (labels.Length != truths.Length || predicted.Length != anchors
            || (anchors > 0 && scores.Length % anchors != 0))
            throw new ArgumentException(
                $"{truths.Length} truths and {labels.Length} labels, {anchors} points, {predicted.Length} predicted "
                + $"boxes and {scores.Length} scores do not belong together.");
        var classes = anchors > 0 ? scores.Length / anchors : 0;
        var (matches, best) = (new int[anchors], new float[anchors]);
        Array.Fill(matches, Matcher.Background);
        var alignment = new double[truths.Length][];
        for (var truth = 0; truth < truths.Length; truth++)
        {
            var (ious, t) = (new float[anchors], new double[anchors]);
            for (var i = 0; i < anchors; i++)
            {
                ious[i] = BoxOverlap.IntersectionOverUnion(truths[truth], predicted[i]);
                t[i] = Math.Pow(scores[i * classes + labels[truth]], Alpha) * Math.Pow(ious[i], Beta);
            }
            alignment[truth] = t;
            foreach (var i in Chosen(truths[truth], t, points))
                if (matches[i] < 0 || ious[i] > best[i])
                    (best[i], matches[i]) = (ious[i], truth);
        }
        return Scale(matches, best, alignment);
    }

    private List<int> Chosen(Box truth, double[] t, ReadOnlySpan<Vector2> points)
    {
        var inside = new bool[points.Length];
        for (var i = 0; i < inside.Length; i++)
            inside[i] = AnchorLevels.Depth(points[i].X, points[i].Y, truth) > InsideBy;
        var competing = InsideFirst ? [.. t.Select((value, i) => inside[i] ? value : 0)] : t;
        return [.. AnchorLevels.Best(competing, TopK).Where(i => inside[i])];
    }

    // t / max t * max IoU, both maxima over the anchors of the same truth
    private static TaskAlignedMatch Scale(int[] matches, float[] ious, double[][] alignment)
    {
        var (maxT, maxIou) = (new double[alignment.Length], new double[alignment.Length]);
        foreach (var (i, truth) in matches.Index().Where(m => m.Item >= 0))
        {
            maxT[truth] = Math.Max(maxT[truth], alignment[truth][i]);
            maxIou[truth] = Math.Max(maxIou[truth], ious[i]);
        }
        var (t, targets) = (new float[matches.Length], new float[matches.Length]);
        foreach (var (i, truth) in matches.Index().Where(m => m.Item >= 0 && maxT[m.Item] > 0))
        {
            t[i] = (float)alignment[truth][i];
            targets[i] = (float)(alignment[truth][i] / maxT[truth] * maxIou[truth]);
        }
        return new(matches, t, targets);
    }
}
