namespace MLNet.Detection.Evaluation;

/// <summary>All that is said of a set of detections: how good they are, what is mistaken for what, which errors cost how
/// much, and which pictures are worst.</summary>
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
        var confusion = new ConfusionEvaluation { ScoreThreshold = double.NegativeInfinity };
        return new(metrics, confusion.Evaluate(truths, kept, names.Keys),
            new ErrorEvaluation().Evaluate(truths, results), CountMistakes(confusion, truths, kept));
    }

    private static Dictionary<long, int> CountMistakes(
        ConfusionEvaluation confusion, GroundTruth[] truths, DetectionResult[] kept)
    {
        var (truthsByImage, resultsByImage) = (truths.ToLookup(t => t.ImageId), kept.ToLookup(r => r.ImageId));
        return truthsByImage.Select(g => g.Key).Union(resultsByImage.Select(g => g.Key))
            .Select(image => (Image: image, Mistakes: confusion
                .Pairs([.. truthsByImage[image]], [.. resultsByImage[image]])
                .Count(pair => pair.Truth?.CategoryId != pair.Result?.CategoryId)))
            .Where(entry => entry.Mistakes > 0).ToDictionary(entry => entry.Image, entry => entry.Mistakes);
    }
}
