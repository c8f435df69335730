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
    /// <param name="max">How many boxes stay at most, of all classes together.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static int[] Keep(
        ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores, ReadOnlySpan<int> classes, float iouThreshold,
        int max = int.MaxValue)
    {
        if (scores.Length != boxes.Length || (!classes.IsEmpty && classes.Length != boxes.Length))
            throw new ArgumentException(
                $"{boxes.Length} boxes came with {scores.Length} scores and {classes.Length} classes; give one each.");
        var (kept, keptOfClass) = (new List<int>(), new Dictionary<int, KeptBoxes>());
        foreach (var candidate in ByFallingScore(scores))
        {
            if (kept.Count >= max)
                break;
            var label = classes.IsEmpty ? 0 : classes[candidate];
            if (!keptOfClass.TryGetValue(label, out var better))
                keptOfClass.Add(label, better = new KeptBoxes());
            if (better.Suppress(boxes[candidate], iouThreshold))
                continue;
            better.Add(boxes[candidate]);
            kept.Add(candidate);
        }
        return [.. kept];
    }

    /// <summary>Detections that stay within their class, by falling score, at most <paramref name="max"/> of
    /// them.</summary>
    public static DetectedObject[] Keep(
        IReadOnlyList<DetectedObject> detections, float iouThreshold, int max = int.MaxValue)
    {
        var kept = Keep(
            detections.Select(d => d.Box).ToArray(), detections.Select(d => d.Score).ToArray(),
            detections.Select(d => d.Class).ToArray(), iouThreshold, max);
        return Array.ConvertAll(kept, i => detections[i]);
    }

    // Indices of the best by falling score, lower index first among equals; NaN last.
    internal static int[] ByFallingScore(ReadOnlySpan<float> scores, int most = int.MaxValue)
    {
        var keys = new ulong[scores.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = (ulong)FallingKey(scores[i]) << 32 | (uint)i;
        var best = keys.AsSpan(0, Math.Clamp(most, 0, keys.Length));
        if (best.Length < keys.Length)
            LeastFirst(keys, best.Length);
        best.Sort();
        var order = new int[best.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = (int)(uint)best[i];
        return order;
    }

    // Brings so many of the least to the front, in any order: halves that hold the border are parted on (Hoare's selection).
    private static void LeastFirst(Span<ulong> keys, int count)
    {
        while (keys.Length > 1 && count > 0 && count < keys.Length)
        {
            var (pivot, low, high) = (keys[keys.Length / 2], 0, keys.Length - 1);
            while (low <= high)
            {
                while (keys[low] < pivot)
                    low++;
                while (keys[high] > pivot)
                    high--;
                if (low <= high)
                    (keys[low], keys[high], low, high) = (keys[high], keys[low], low + 1, high - 1);
            }
            // All up to high are no greater than the pivot, all from low on no less; what lies between is the pivot.
            if (count > high && count < low)
                return;
            var isLow = count <= high;
            keys = isLow ? keys[..(high + 1)] : keys[low..];
            count -= isLow ? 0 : low;
        }
    }

    // A number that is the smaller the greater the score is: sorting whole numbers is several times faster than
    // comparing pairs. Floats sort as their bits do, once negative ones are turned round.
    private static uint FallingKey(float score)
    {
        if (float.IsNaN(score))
            return uint.MaxValue;
        var bits = BitConverter.SingleToUInt32Bits(score + 0f);   // -0 becomes 0
        return (bits & 0x8000_0000) == 0 ? ~(bits | 0x8000_0000) : bits;
    }
}
