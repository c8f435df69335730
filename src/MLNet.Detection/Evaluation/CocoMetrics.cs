namespace MLNet.Detection.Evaluation;

/// <summary>
/// The twelve COCO numbers and what they are made of. A number is -1 when there is nothing to evaluate, for example no
/// small object; such categories do not count in means.
/// </summary>
public sealed class CocoMetrics : IEpochMetrics
{
    private readonly CocoArrays _arrays;

    internal CocoMetrics(CocoArrays arrays, IReadOnlyList<CategoryMetrics> categories) =>
        (_arrays, PerCategory) = (arrays, categories);

    /// <summary>The IoU thresholds 0.50, 0.55, ..., 0.95.</summary>
    public static IReadOnlyList<double> IouThresholds => CocoArrays.IouThresholds;

    /// <summary>The recall levels 0.00, 0.01, ..., 1.00.</summary>
    public static IReadOnlyList<double> RecallLevels => CocoArrays.RecallLevels;

    /// <summary>The limits of detections a picture (and category): 1, 10, 100.</summary>
    public static IReadOnlyList<int> MaxDetections => CocoArrays.CustomaryLimits;

    /// <summary>Mean average precision over categories and IoU thresholds, COCO's main number.</summary>
    public double MAP50_95 => _arrays.MeanPrecision(ObjectSize.All);

    /// <summary>Mean average precision at IoU 0.50.</summary>
    public double MAP50 => _arrays.MeanPrecision(ObjectSize.All, 0);

    /// <summary>Mean average precision at IoU 0.75.</summary>
    public double MAP75 => _arrays.MeanPrecision(ObjectSize.All, 5);

    /// <summary><see cref="MAP50_95"/> of small objects.</summary>
    public double MAPSmall => _arrays.MeanPrecision(ObjectSize.Small);

    /// <summary><see cref="MAP50_95"/> of medium objects.</summary>
    public double MAPMedium => _arrays.MeanPrecision(ObjectSize.Medium);

    /// <summary><see cref="MAP50_95"/> of large objects.</summary>
    public double MAPLarge => _arrays.MeanPrecision(ObjectSize.Large);

    /// <summary>Mean recall over categories and IoU thresholds with one detection a picture.</summary>
    public double AR1 => _arrays.MeanRecall(ObjectSize.All, 0);

    /// <summary>Mean recall with ten detections a picture.</summary>
    public double AR10 => _arrays.MeanRecall(ObjectSize.All, 1);

    /// <summary>Mean recall with a hundred detections a picture.</summary>
    public double AR100 => _arrays.MeanRecall(ObjectSize.All, 2);

    /// <summary><see cref="AR100"/> of small objects.</summary>
    public double ARSmall => _arrays.MeanRecall(ObjectSize.Small, 2);

    /// <summary><see cref="AR100"/> of medium objects.</summary>
    public double ARMedium => _arrays.MeanRecall(ObjectSize.Medium, 2);

    /// <summary><see cref="AR100"/> of large objects.</summary>
    public double ARLarge => _arrays.MeanRecall(ObjectSize.Large, 2);

    IReadOnlyList<(string Name, double Value)> IEpochMetrics.Shown => [("mAP50", MAP50), ("mAP50-95", MAP50_95)];

    double IEpochMetrics.Decisive => MAP50_95;

    /// <summary>One entry a category, by rising id.</summary>
    public IReadOnlyList<CategoryMetrics> PerCategory { get; }

    /// <summary>Interpolated precision at each of <see cref="RecallLevels"/>; all -1 without ground truths.</summary>
    /// <param name="iouThreshold">Index into <see cref="IouThresholds"/>.</param>
    /// <param name="category">Index into <see cref="PerCategory"/>.</param>
    /// <param name="size">Objects of which size.</param>
    /// <param name="maxDetections">Index into <see cref="MaxDetections"/>.</param>
    public ReadOnlySpan<double> Precision(
        int iouThreshold, int category, ObjectSize size = ObjectSize.All, int maxDetections = 2) =>
        _arrays.Precision(iouThreshold, category, size, maxDetections);

    /// <summary>Highest recall reached; -1 without ground truths. Parameters as in <see cref="Precision"/>.</summary>
    public double Recall(int iouThreshold, int category, ObjectSize size = ObjectSize.All, int maxDetections = 2) =>
        _arrays.Recall(iouThreshold, category, size, maxDetections);

    internal CocoMetrics Named(Func<long, string> name) =>
        new(_arrays, [.. PerCategory.Select(category => category with { Name = name(category.CategoryId) })]);
}
