using MLNet.Detection.Boxes;

namespace MLNet.Detection.Scoring;

/// <summary>Suppression that lowers the scores of boxes that overlap better ones, and drops those whose score falls too
/// low.</summary>
public abstract record RescoringSuppression : Suppression
{
    private protected RescoringSuppression()
    {
    }

    /// <summary>The boxes that stay, with their lowered scores. Ties go to the lower index.</summary>
    /// <param name="boxes">N boxes of one class.</param>
    /// <param name="scores">N scores.</param>
    /// <returns>Indices and scores, by falling score.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public IReadOnlyList<(int Index, float Score)> Keep(ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores)
    {
        if (scores.Length != boxes.Length)
            throw new ArgumentException($"{boxes.Length} boxes came with {scores.Length} scores; give one each.");
        return Rescore(boxes, scores);
    }

    private protected abstract IReadOnlyList<(int Index, float Score)> Rescore(
        ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores);

    private protected sealed override IEnumerable<(int Index, DetectedObject Found)> Thin(
        (int Index, DetectedObject Found)[] group)
    {
        var kept = Keep(
            Array.ConvertAll(group, d => d.Found.Box), Array.ConvertAll(group, d => d.Found.Score));
        return kept.Select(k => (group[k.Index].Index, group[k.Index].Found with { Score = k.Score }));
    }
}
