namespace MLNet.Detection.Scoring;

/// <summary>Greedy non-maximum suppression; see <see cref="NonMaxSuppression"/>.</summary>
/// <param name="IouThreshold">Highest IoU that two detections of a class may have.</param>
public sealed record GreedySuppression(float IouThreshold = 0.5f) : Suppression
{
    private protected override IEnumerable<(int Index, DetectedObject Found)> Thin(
        (int Index, DetectedObject Found)[] group)
    {
        var kept = NonMaxSuppression.Keep(
            Array.ConvertAll(group, d => d.Found.Box), Array.ConvertAll(group, d => d.Found.Score), IouThreshold);
        return kept.Select(i => group[i]);
    }
}
