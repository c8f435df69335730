using MLNet.Detection.Boxes;

namespace MLNet.Detection.Scoring;

/// <summary>
/// Greedy non-maximum suppression: boxes in order of falling score, each dropped when its IoU with a box kept before is
/// greater than the threshold. A pair exactly at the threshold stays; among equal scores the lower index comes first.
/// torchvision's nms and batched_nms give the same indices.
/// </summary>
public static class NonMaxSuppression
{
    /// <summary>Indices of the boxes that stay, by falling score.</summary>
    /// <param name="boxes">N boxes.</param>
    /// <param name="scores">N scores.</param>
    /// <param name="iouThreshold">Highest IoU that two kept boxes may have.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static int[] Keep(ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores, float iouThreshold) =>
        Keep(boxes, scores, default, iouThreshold);

    /// <summary>The same within each class: boxes of different classes never suppress each other.</summary>
    /// <param name="boxes">N boxes.</param>
    /// <param name="scores">N scores.</param>
    /// <param name="classes">N class (or level) numbers; empty: one class.</param>
    /// <param name="iouThreshold">Highest IoU that two kept boxes of a class may have.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static int[] Keep(
        ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores, ReadOnlySpan<int> classes, float iouThreshold)
    {
        if (scores.Length != boxes.Length || (!classes.IsEmpty && classes.Length != boxes.Length))
            throw new ArgumentException(
                $"{boxes.Length} boxes came with {scores.Length} scores and {classes.Length} classes; give one each.");
        var kept = new List<int>();
        foreach (var candidate in ByFallingScore(scores))
            if (!IsSuppressed(candidate, kept, boxes, classes, iouThreshold))
                kept.Add(candidate);
        return [.. kept];
    }

    /// <summary>Detections that stay within their class, by falling score, at most <paramref name="max"/> of
    /// them.</summary>
    public static DetectedObject[] Keep(
        IReadOnlyList<DetectedObject> detections, float iouThreshold, int max = int.MaxValue)
    {
        var kept = Keep(
            detections.Select(d => d.Box).ToArray(), detections.Select(d => d.Score).ToArray(),
            detections.Select(d => d.Class).ToArray(), iouThreshold);
        return [.. kept.Take(max).Select(i => detections[i])];
    }

    // Indices by falling score, lower index first among equals; NaN last.
    internal static int[] ByFallingScore(ReadOnlySpan<float> scores)
    {
        var keys = new (float Score, int Index)[scores.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = (scores[i], i);
        Array.Sort(keys, static (a, b) =>
            b.Score.CompareTo(a.Score) is var order and not 0 ? order : a.Index.CompareTo(b.Index));
        return Array.ConvertAll(keys, key => key.Index);
    }

    private static bool IsSuppressed(
        int candidate, List<int> kept, ReadOnlySpan<Box> boxes, ReadOnlySpan<int> classes, float iouThreshold)
    {
        foreach (var other in kept)
            if ((classes.IsEmpty || classes[other] == classes[candidate])
                && BoxOverlap.IntersectionOverUnion(boxes[other], boxes[candidate]) > iouThreshold)
                return true;
        return false;
    }
}
