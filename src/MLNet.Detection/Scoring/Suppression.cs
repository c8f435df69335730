using MLNet.Detection.Boxes;

namespace MLNet.Detection.Scoring;

/// <summary>
/// A rule that leaves one detection of an object where a detector found it several times. Immutable; may be used by
/// many threads at once.
/// </summary>
public abstract record Suppression
{
    /// <summary>Whether boxes of different classes suppress each other too.</summary>
    public bool ClassAgnostic { get; init; }

    /// <summary>Detections of a picture at most, the best ones.</summary>
    public int MaxDetections { get; init; } = int.MaxValue;

    /// <summary>The detections of one picture that stay, by falling score; equal scores in the order in which they
    /// came.
    /// </summary>
    public DetectedObject[] Apply(IReadOnlyList<DetectedObject> detections)
    {
        var groups = detections.Index().GroupBy(d => ClassAgnostic ? 0 : d.Item.Class);
        var kept = groups.SelectMany(group => Thin([.. group])).OrderBy(d => d.Index).ToArray();
        var best = NonMaxSuppression.ByFallingScore([.. kept.Select(d => d.Found.Score)], MaxDetections);
        return Array.ConvertAll(best, i => kept[i].Found);
    }

    // What stays of the detections of a class, each with the index of the detection that it is, or was made from.
    private protected abstract IEnumerable<(int Index, DetectedObject Found)> Thin(
        (int Index, DetectedObject Found)[] group);
}
