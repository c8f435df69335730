namespace MLNet.Detection.Evaluation;

/// <summary>
/// Tells which errors cost how much average precision: each wrong detection is of one kind, and the cost of a kind is
/// what the AP rises by when an oracle puts right all errors of that kind. Bolya et al. 2020 (TIDE),
/// https://arxiv.org/abs/2008.08115; the numbers are those of the tidecv package, but at COCO's recall
/// levels (its own differ in the last bit).
/// </summary>
public sealed record ErrorEvaluation
{
    /// <summary>IoU from which a detection has found an object.</summary>
    public double IouThreshold { get; init; } = 0.5;

    /// <summary>IoU up to which a detection has nothing to do with an object.</summary>
    public double BackgroundThreshold { get; init; } = 0.1;

    /// <summary>Detections of a picture that count, over all categories: those of the highest scores.</summary>
    public int MaxDetections { get; init; } = 100;

    /// <summary>Evaluates detections.</summary>
    /// <param name="groundTruths">The annotated objects of all pictures.</param>
    /// <param name="detections">The detections in all pictures.</param>
    /// <exception cref="ArgumentException">A number of a box, area or score is NaN or infinite.</exception>
    public ErrorBreakdown Evaluate(IEnumerable<GroundTruth> groundTruths, IEnumerable<DetectionResult> detections)
    {
        GroundTruth[] truths = [.. groundTruths];
        DetectionResult[] results = [.. detections];
        CocoEvaluation.RequireNumbers(truths, results);
        var (truthsByImage, resultsByImage) = (truths.ToLookup(t => t.ImageId), results.ToLookup(r => r.ImageId));
        var images = truthsByImage.Select(g => g.Key).Union(resultsByImage.Select(g => g.Key)).Order();
        ErrorImage[] parts = [.. images.AsParallel().AsOrdered().Select(image =>
            new ErrorImage(this, [.. truthsByImage[image]], [.. resultsByImage[image]]))];
        return Costs(truths, [.. parts.SelectMany(part => part.Right)], [.. parts.SelectMany(part => part.Errors)]);
    }

    private static ErrorBreakdown Costs(GroundTruth[] truths, List<DetectionResult> right, List<DetectionError> errors)
    {
        var wanted = truths.Where(truth => !truth.IsCrowd).CountBy(truth => truth.CategoryId).ToDictionary();
        DetectionPoint[] found = [.. right.Select(r => new DetectionPoint(r.CategoryId, r.Score, true))];
        double With(Func<DetectionError, DetectionPoint?> point, Dictionary<long, int> objects) =>
            Mean([.. found, .. errors.Select(point).OfType<DetectionPoint>()], objects, wanted);

        var ap = With(error => error.AsIs, wanted);
        var costs = Enum.GetValues<ErrorKind>().ToDictionary(kind => kind, kind =>
        {
            var missed = kind == ErrorKind.Missed ? errors.Where(error => error.Kind == kind) : [];
            var put = With(error => error.Kind == kind ? error.PutRight : error.AsIs,
                Without(wanted, missed.CountBy(error => error.CategoryId)));
            // Fewer objects move the recall levels, so that the mean can even fall a little: as in TIDE, no cost.
            return new ErrorCost(errors.Count(error => error.Kind == kind), Math.Max(0, put - ap));
        });
        var perfect = Mean([.. found.Select(point => point with { Score = 1 }),
            .. errors.Select(error => error.AsIs).OfType<DetectionPoint>().Select(p => p with { Score = 0 })],
            wanted, wanted);
        var complete = With(error => error.AsIs, found.CountBy(point => point.CategoryId).ToDictionary());
        return new(ap, costs, perfect - ap, complete - ap);
    }

    private static Dictionary<long, int> Without(
        Dictionary<long, int> wanted, IEnumerable<KeyValuePair<long, int>> fewer)
    {
        var left = new Dictionary<long, int>(wanted);
        foreach (var (category, count) in fewer)
            left[category] -= count;
        return left;
    }

    // Over the categories that have objects at all; one whose objects are all taken away counts as 0.
    private static double Mean(
        DetectionPoint[] points, Dictionary<long, int> objects, Dictionary<long, int> categories)
    {
        var byCategory = points.ToLookup(point => point.CategoryId);
        return categories.Keys
            .Select(id => AveragePrecision(byCategory[id], objects.GetValueOrDefault(id)))
            .DefaultIfEmpty(-1).Average();
    }

    private static double AveragePrecision(IEnumerable<DetectionPoint> points, int objects)
    {
        if (objects == 0)
            return 0;
        DetectionPoint[] order = [.. points.OrderByDescending(point => point.Score)];
        var (recalls, precisions) = (new double[order.Length], new double[order.Length]);
        var right = 0;
        for (var i = 0; i < order.Length; i++)
        {
            right += order[i].IsRight ? 1 : 0;
            (recalls[i], precisions[i]) = ((double)right / objects, (double)right / (i + 1));
        }
        var atLevels = new double[CocoArrays.RecallLevels.Length];
        CocoCurve.Interpolate(recalls, precisions, atLevels);
        return atLevels.Average();
    }
}
