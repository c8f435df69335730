using MLNet.Detection.Boxes;

namespace MLNet.Detection.Matching;

/// <summary>
/// FCOS: a location learns a truth that it lies in, near its centre, if the farthest side of the truth is in the range
/// of the location's level; among several the smallest truth. Tian et al. 2019, https://arxiv.org/abs/1904.01355;
/// torchvision's FCOS matches the same. A location is written as a square anchor whose side is the level's size.
/// </summary>
/// <param name="CenterRadius">How far from the truth's centre, in anchor sides.</param>
public sealed record FcosMatcher(float CenterRadius = 1.5f)
{
    /// <summary>Matches the truths of one picture.</summary>
    /// <param name="truths">The true boxes, in the unit of the anchors.</param>
    /// <param name="anchors">N square anchors.</param>
    /// <param name="anchorsPerLevel">N split by feature level, finest first.</param>
    /// <returns>Per anchor the index of its truth or <see cref="Matcher.Background"/>.</returns>
    /// <exception cref="ArgumentException">The levels do not add up to N.</exception>
    public int[] Match(ReadOnlySpan<Box> truths, ReadOnlySpan<Box> anchors, ReadOnlySpan<int> anchorsPerLevel)
    {
        AnchorLevels.Require(anchorsPerLevel, anchors.Length);
        var matches = new int[anchors.Length];
        Array.Fill(matches, Matcher.Background);
        var anchor = 0;
        for (var level = 0; level < anchorsPerLevel.Length; level++)
            for (var end = anchor + anchorsPerLevel[level]; anchor < end; anchor++)
            {
                // The first level has no lower bound, the last one no upper bound.
                var side = anchors[anchor].Width;
                var least = level == 0 ? 0f : 4f * side;
                var most = level == anchorsPerLevel.Length - 1 ? float.PositiveInfinity : 8f * side;
                matches[anchor] = Smallest(truths, anchors[anchor], least, most);
            }
        return matches;
    }

    private int Smallest(ReadOnlySpan<Box> truths, Box anchor, float least, float most)
    {
        var smallest = Matcher.Background;
        for (var truth = 0; truth < truths.Length; truth++)
            if (Fits(truths[truth], anchor, least, most)
                && (smallest < 0 || truths[truth].Area < truths[smallest].Area))
                smallest = truth;
        return smallest;
    }

    private bool Fits(Box truth, Box anchor, float least, float most)
    {
        var (x, y) = ((anchor.X0 + anchor.X1) / 2f, (anchor.Y0 + anchor.Y1) / 2f);
        var (cx, cy, _, _) = truth.ToCxcywh();
        var farthest = MathF.Max(
            MathF.Max(x - truth.X0, truth.X1 - x), MathF.Max(y - truth.Y0, truth.Y1 - y));
        return MathF.Max(MathF.Abs(x - cx), MathF.Abs(y - cy)) < CenterRadius * anchor.Width
            && AnchorLevels.Depth(x, y, truth) > 0f
            && farthest > least && farthest < most;
    }
}
