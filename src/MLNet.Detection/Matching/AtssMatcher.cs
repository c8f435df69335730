using MLNet.Detection.Boxes;

namespace MLNet.Detection.Matching;

/// <summary>
/// Adaptive training sample selection: per truth the anchors nearest to its centre on each level are candidates, and
/// those whose IoU reaches mean + standard deviation of the candidates' IoUs, with their centre inside the truth, learn
/// it. An anchor that several truths want takes the one it overlaps most; the rest is background.
/// Zhang et al. 2020, https://arxiv.org/abs/1912.02424
/// </summary>
/// <param name="TopK">Candidates of a truth on each level.</param>
public sealed record AtssMatcher(int TopK = 9)
{
    private const float InsideBy = 0.01f;

    /// <summary>Matches the truths of one picture.</summary>
    /// <param name="truths">The true boxes, in the unit of the anchors.</param>
    /// <param name="anchors">N anchors.</param>
    /// <param name="anchorsPerLevel">N split by feature level, in order.</param>
    /// <returns>Per anchor the index of its truth or <see cref="Matcher.Background"/>.</returns>
    /// <exception cref="ArgumentException">The levels do not add up to N.</exception>
    public int[] Match(ReadOnlySpan<Box> truths, ReadOnlySpan<Box> anchors, ReadOnlySpan<int> anchorsPerLevel)
    {
        AnchorLevels.Require(anchorsPerLevel, anchors.Length);
        var matches = new int[anchors.Length];
        Array.Fill(matches, Matcher.Background);
        var best = new double[anchors.Length];
        for (var truth = 0; truth < truths.Length; truth++)
        {
            var box = truths[truth];
            var candidates = Candidates(box, anchors, anchorsPerLevel);
            var ious = new double[candidates.Count];
            for (var i = 0; i < ious.Length; i++)
                ious[i] = BoxOverlap.IntersectionOverUnion(box, anchors[candidates[i]]);
            var threshold = Threshold(ious);
            foreach (var (i, anchor) in candidates.Index())
                if (ious[i] >= threshold && ious[i] > best[anchor]
                    && AnchorLevels.Depth(anchors[anchor].CenterX, anchors[anchor].CenterY, box) > InsideBy)
                    (best[anchor], matches[anchor]) = (ious[i], truth);
        }
        return matches;
    }

    private List<int> Candidates(Box truth, ReadOnlySpan<Box> anchors, ReadOnlySpan<int> anchorsPerLevel)
    {
        var candidates = new List<int>();
        var start = 0;
        foreach (var count in anchorsPerLevel)
        {
            var nearness = new double[count];
            for (var i = 0; i < count; i++)
            {
                var (dx, dy) = (anchors[start + i].CenterX - truth.CenterX, anchors[start + i].CenterY - truth.CenterY);
                nearness[i] = -((double)dx * dx + (double)dy * dy);
            }
            foreach (var i in AnchorLevels.Best(nearness, TopK))
                candidates.Add(start + i);
            start += count;
        }
        return candidates;
    }

    // mean + unbiased standard deviation
    private static double Threshold(double[] ious)
    {
        if (ious.Length < 2)
            return ious.Sum();
        var mean = ious.Average();
        return mean + Math.Sqrt(ious.Sum(iou => (iou - mean) * (iou - mean)) / (ious.Length - 1));
    }
}
