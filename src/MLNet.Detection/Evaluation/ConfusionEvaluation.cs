namespace MLNet.Detection.Evaluation;

/// <summary>
/// Counts which categories are taken for which. Detections and objects are paired by place alone, the pair of the
/// highest IoU first, each at most once; what stays alone is paired with the background. A detection that lies in a
/// crowd does not count.
/// </summary>
public sealed record ConfusionEvaluation
{
    /// <summary>Lowest IoU of a pair.</summary>
    public double IouThreshold { get; init; } = 0.5;

    /// <summary>Detections of lower scores are left out.</summary>
    public double ScoreThreshold { get; init; } = 0.25;

    /// <summary>Counts.</summary>
    /// <param name="groundTruths">The annotated objects of all pictures.</param>
    /// <param name="detections">The detections in all pictures.</param>
    /// <param name="categoryIds">The categories to count; null: all that occur. Others are left out.</param>
    /// <exception cref="ArgumentException">A number of a box, area or score is NaN or infinite.</exception>
    public ConfusionMatrix Evaluate(
        IEnumerable<GroundTruth> groundTruths, IEnumerable<DetectionResult> detections,
        IEnumerable<long>? categoryIds = null)
    {
        GroundTruth[] truths = [.. groundTruths];
        DetectionResult[] results = [.. detections.Where(d => d.Score >= ScoreThreshold)];
        CocoEvaluation.RequireNumbers(truths, results);
        categoryIds ??= truths.Select(t => t.CategoryId).Concat(results.Select(r => r.CategoryId));
        long[] ids = [.. categoryIds.Distinct().Order()];
        var wanted = ids.ToHashSet();
        return Count(ids, PairsOfImages(
            truths.Where(truth => wanted.Contains(truth.CategoryId)),
            results.Where(result => wanted.Contains(result.CategoryId))));
    }

    /// <summary>Counts pairs, all of these categories, which rise.</summary>
    internal static ConfusionMatrix Count(
        long[] ids, IEnumerable<(long Image, GroundTruth? Truth, DetectionResult? Result)> pairs)
    {
        var index = ids.Index().ToDictionary(id => id.Item, id => id.Index);
        var counts = new int[ids.Length + 1, ids.Length + 1];
        foreach (var (_, truth, result) in pairs)
            counts[truth is null ? ids.Length : index[truth.CategoryId],
                result is { } found ? index[found.CategoryId] : ids.Length]++;
        return new(ids, counts);
    }

    /// <summary>The pairs of all pictures, each with its picture.</summary>
    internal IEnumerable<(long Image, GroundTruth? Truth, DetectionResult? Result)> PairsOfImages(
        IEnumerable<GroundTruth> truths, IEnumerable<DetectionResult> results)
    {
        var (truthsByImage, resultsByImage) = (truths.ToLookup(t => t.ImageId), results.ToLookup(r => r.ImageId));
        return truthsByImage.Select(g => g.Key).Union(resultsByImage.Select(g => g.Key)).SelectMany(image =>
            Pairs([.. truthsByImage[image]], [.. resultsByImage[image]]).Select(p => (image, p.Truth, p.Result)));
    }

    // One pair an object and a detection that count; a side is null where the other is alone.
    private IEnumerable<(GroundTruth? Truth, DetectionResult? Result)> Pairs(
        GroundTruth[] truths, DetectionResult[] results)
    {
        var (objects, crowds) = (truths.Where(t => !t.IsCrowd).ToList(), truths.Where(t => t.IsCrowd).ToList());
        var overlaps =
            from truth in objects
            from result in results.Index()
            let iou = truth.Overlap(result.Item.Box)
            where iou >= IouThreshold
            orderby iou descending, result.Item.Score descending
            select (truth, result.Index);
        var (found, used) = (new HashSet<GroundTruth>(ReferenceEqualityComparer.Instance), new HashSet<int>());
        foreach (var (truth, result) in overlaps)
            if (!found.Contains(truth) && used.Add(result))
            {
                found.Add(truth);
                yield return (truth, results[result]);
            }
        foreach (var truth in objects.Where(truth => !found.Contains(truth)))
            yield return (truth, null);
        foreach (var (i, result) in results.Index())
            if (!used.Contains(i) && !crowds.Any(crowd => crowd.Overlap(result.Box) >= IouThreshold))
                yield return (null, result);
    }
}
