namespace MLNet.Detection.Evaluation;

/// <summary>
/// The evaluation of the COCO detection challenge: average precision and recall at ten IoU thresholds, by object size,
/// with crowds ignored. Lin et al. 2014, https://arxiv.org/abs/1405.0312; the definition is that of pycocotools'
/// COCOeval, whose numbers it reproduces.
/// </summary>
public sealed record CocoEvaluation
{
    /// <summary>Whether categories are evaluated one by one; false: a detection may match an object of any
    /// category.</summary>
    public bool UseCategories { get; init; } = true;

    /// <summary>Evaluates detections. Detections in pictures without objects count as wrong.</summary>
    /// <param name="groundTruths">The annotated objects of all pictures.</param>
    /// <param name="detections">The detections in all pictures.</param>
    /// <param name="categoryIds">The categories to evaluate; null: all that occur. Others are left out.</param>
    /// <exception cref="ArgumentException">A number of a box, area or score is NaN or infinite.</exception>
    public CocoMetrics Evaluate(
        IEnumerable<GroundTruth> groundTruths, IEnumerable<DetectionResult> detections,
        IEnumerable<long>? categoryIds = null)
    {
        GroundTruth[] truths = [.. groundTruths];
        DetectionResult[] results = [.. detections];
        RequireNumbers(truths, results);
        categoryIds ??= truths.Select(t => t.CategoryId).Concat(results.Select(r => r.CategoryId));
        long[] ids = [.. categoryIds.Distinct().Order()];

        long[][] groups = UseCategories ? [.. ids.Select(id => new[] { id })] : [ids];
        var arrays = new CocoArrays(groups.Length, CocoArrays.CustomaryLimits);
        var categories = new CategoryMetrics[groups.Length];
        var (truthsById, resultsById) = (truths.ToLookup(t => t.CategoryId), results.ToLookup(r => r.CategoryId));
        Parallel.For(0, groups.Length, k =>
        {
            var matches = new CocoCategory(
                [.. groups[k].SelectMany(id => truthsById[id])], [.. groups[k].SelectMany(id => resultsById[id])],
                CocoArrays.CustomaryLimits);
            matches.Fill(arrays, k);
            categories[k] = matches.Summarize(UseCategories ? ids[k] : -1, arrays, k);
        });
        return new(arrays, categories);
    }

    internal static void RequireNumbers(GroundTruth[] truths, DetectionResult[] results)
    {
        foreach (var truth in truths)
            RequireNumbers(truth.Box, truth.Area, truth);
        foreach (var result in results)
            RequireNumbers(result.Box, result.Score, result);
    }

    private static void RequireNumbers<T>(BoxXywh box, double other, T what)
    {
        if (!double.IsFinite(box.X + box.Y + box.Width + box.Height + other))
            throw new ArgumentException($"Cannot evaluate {what}: every number must be finite.");
    }
}
