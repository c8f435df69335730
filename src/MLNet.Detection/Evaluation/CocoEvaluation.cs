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
        Array.ForEach(truths, truth => RequireNumbers(truth.Box, truth.Area, truth));
        Array.ForEach(results, result => RequireNumbers(result.Box, result.Score, result));
        categoryIds ??= truths.Select(t => t.CategoryId).Concat(results.Select(r => r.CategoryId));
        long[] ids = [.. categoryIds.Distinct().Order()];

        var truthsById = truths.ToLookup(t => t.CategoryId);
        var resultsById = results.ToLookup(r => r.CategoryId);
        long[][] groups = UseCategories ? [.. ids.Select(id => new[] { id })] : [ids];
        var arrays = new CocoArrays(groups.Length);
        var categories = new CategoryMetrics[groups.Length];
        for (var k = 0; k < groups.Length; k++)
            categories[k] = Evaluate(
                k, UseCategories ? ids[k] : -1,
                groups[k].SelectMany(id => truthsById[id]), groups[k].SelectMany(id => resultsById[id]), arrays);
        return new(arrays, categories);
    }

    private static CategoryMetrics Evaluate(
        int k, long id, IEnumerable<GroundTruth> truths, IEnumerable<DetectionResult> results, CocoArrays arrays)
    {
        var truthsByImage = truths.ToLookup(t => t.ImageId);
        var resultsByImage = results.ToLookup(r => r.ImageId);
        var images = truthsByImage.Select(g => g.Key).Union(resultsByImage.Select(g => g.Key)).Order();
        CocoImage[] matched = [.. images.Select(i => new CocoImage(truthsByImage[i], resultsByImage[i]))];
        CocoCurve[] curves = [.. CocoArrays.MaxDetections.Select(limit => new CocoCurve(matched, limit))];
        foreach (var size in Enum.GetValues<ObjectSize>())
            if (curves[0].Wanted(size) > 0)
                for (var limit = 0; limit < curves.Length; limit++)
                    for (var iou = 0; iou < CocoArrays.IouThresholds.Length; iou++)
                        arrays.Recall(iou, k, size, limit) =
                            curves[limit].Fill(arrays.Precision(iou, k, size, limit), size, iou);
        return Summarize(k, id, arrays, curves[^1]);
    }

    private static CategoryMetrics Summarize(int k, long id, CocoArrays arrays, CocoCurve curve)
    {
        double Precision(int iou) => CocoArrays.MeanOfKnown(arrays.Precision(iou, k, ObjectSize.All, 2).ToArray());
        var thresholds = Enumerable.Range(0, CocoArrays.IouThresholds.Length);
        return new(
            id, curve.Wanted(ObjectSize.All),
            CocoArrays.MeanOfKnown(thresholds.Select(Precision)), Precision(0), Precision(5),
            CocoArrays.MeanOfKnown(thresholds.Select(iou => arrays.Recall(iou, k, ObjectSize.All, 2))),
            curve.Points(ObjectSize.All, 0));
    }

    private static void RequireNumbers(BoxXywh box, double other, object what)
    {
        if (!double.IsFinite(box.X + box.Y + box.Width + box.Height + other))
            throw new ArgumentException($"Cannot evaluate {what}: every number must be finite.");
    }
}
