namespace MLNet.Detection.Evaluation;

/// <summary>
/// The evaluation of federated data sets: a detection counts only in pictures that are annotated for its category, and
/// a detection of no object counts only where all objects of that category are annotated. Gupta et al. 2019,
/// https://arxiv.org/abs/1908.03195; the numbers are those of the lvis package.
/// </summary>
public sealed record LvisEvaluation
{
    /// <summary>Detections of a picture that count, over all categories: those of the highest scores.</summary>
    public int MaxDetections { get; init; } = 300;

    /// <summary>Evaluates detections.</summary>
    /// <param name="groundTruths">The annotated objects of all pictures. LVIS has no crowds.</param>
    /// <param name="detections">The detections in all pictures.</param>
    /// <param name="images">All pictures.</param>
    /// <param name="frequencies">All categories and how common they are.</param>
    /// <exception cref="ArgumentException">
    /// A number of a box, area or score is NaN or infinite; a detection is in a picture that is not listed.
    /// </exception>
    public LvisMetrics Evaluate(
        IEnumerable<GroundTruth> groundTruths, IEnumerable<DetectionResult> detections,
        IEnumerable<LvisImage> images, IReadOnlyDictionary<long, LvisFrequency> frequencies)
    {
        var (truths, results) = ((GroundTruth[])[.. groundTruths], Highest(detections));
        CocoEvaluation.RequireNumbers(truths, results);
        var known = images.ToDictionary(image => image.Id);
        var truthsById = truths.ToLookup(t => t.CategoryId);
        var resultsById = Counting(results, truths, known).ToLookup(r => r.CategoryId);
        long[] ids = [.. frequencies.Keys.Order()];
        var arrays = new CocoArrays(ids.Length, [MaxDetections]);
        var categories = new CategoryMetrics[ids.Length];
        Parallel.For(0, ids.Length, k =>
        {
            var matches = new CocoCategory([.. truthsById[ids[k]]], [.. resultsById[ids[k]]], arrays.Limits,
                image => !known[image].NotExhaustiveCategoryIds.Contains(ids[k]));
            matches.Fill(arrays, k);
            categories[k] = matches.Summarize(ids[k], arrays, k);
        });
        return new(arrays, categories, [.. ids.Select(id => frequencies[id])]);
    }

    private DetectionResult[] Highest(IEnumerable<DetectionResult> detections) =>
        [.. detections.GroupBy(d => d.ImageId).SelectMany(g => g.OrderByDescending(d => d.Score).Take(MaxDetections))];

    private static IEnumerable<DetectionResult> Counting(
        DetectionResult[] results, GroundTruth[] truths, Dictionary<long, LvisImage> images)
    {
        var present = truths.Select(truth => (truth.ImageId, truth.CategoryId)).ToHashSet();
        return results.Where(result => images.TryGetValue(result.ImageId, out var image)
            ? present.Contains((result.ImageId, result.CategoryId))
                || image.NegativeCategoryIds.Contains(result.CategoryId)
            : throw new ArgumentException($"{result} is in a picture that is not among the annotated ones."));
    }
}
