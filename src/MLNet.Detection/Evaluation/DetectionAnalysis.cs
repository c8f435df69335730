namespace MLNet.Detection.Evaluation;

/// <summary>All that is said of a set of detections: how good they are, what is mistaken for what, which errors cost
/// how much, and which pictures are worst.</summary>
/// <param name="Metrics">COCO's numbers.</param>
/// <param name="Confusion">Counts of detections above the score that gives their category its best F1.</param>
/// <param name="Errors">TIDE's errors.</param>
/// <param name="Mistakes">By picture, how many objects were missed or taken for something else, and how many detections
/// are of nothing, above the same scores; pictures without any are left out.</param>
public sealed record DetectionAnalysis(
    CocoMetrics Metrics, ConfusionMatrix Confusion, ErrorBreakdown Errors, IReadOnlyDictionary<long, int> Mistakes)
{
    /// <summary>Analyses detections.</summary>
    /// <param name="groundTruths">The annotated objects of all pictures.</param>
    /// <param name="detections">The detections in all pictures.</param>
    /// <param name="names">The categories to evaluate, by id; others are left out.</param>
    /// <exception cref="ArgumentException">A number of a box, area or score is NaN or infinite.</exception>
    public static DetectionAnalysis Of(IEnumerable<GroundTruth> groundTruths, IEnumerable<DetectionResult> detections,
        IReadOnlyDictionary<long, string> names)
    {
        GroundTruth[] truths = [.. groundTruths.Where(truth => names.ContainsKey(truth.CategoryId))];
        DetectionResult[] results = [.. detections.Where(result => names.ContainsKey(result.CategoryId))];
        var metrics = new CocoEvaluation().Evaluate(truths, results, names.Keys).Named(id => names[id]);
        var thresholds = metrics.PerCategory.ToDictionary(c => c.CategoryId, c => c.BestThreshold);
        // Without objects there is no best threshold, and no detection above it.
        DetectionResult[] kept = [.. results.Where(result => result.Score >= thresholds[result.CategoryId])];
        var pairs = new ConfusionEvaluation().PairsOfImages(truths, kept).ToList();
        var mistakes = pairs.Where(pair => pair.Truth?.CategoryId != pair.Result?.CategoryId)
            .CountBy(pair => pair.Image);
        return new(metrics, ConfusionEvaluation.Count([.. names.Keys.Order()], pairs),
            new ErrorEvaluation().Evaluate(truths, results), mistakes.ToDictionary());
    }
}
