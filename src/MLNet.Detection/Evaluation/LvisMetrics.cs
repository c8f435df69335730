namespace MLNet.Detection.Evaluation;

/// <summary>The thirteen LVIS numbers. A number is -1 when there is nothing to evaluate.</summary>
public sealed class LvisMetrics
{
    private readonly CocoArrays _arrays;
    private readonly IReadOnlyList<LvisFrequency> _frequencies;

    internal LvisMetrics(CocoArrays arrays, IReadOnlyList<CategoryMetrics> categories,
        IReadOnlyList<LvisFrequency> frequencies) =>
        (_arrays, PerCategory, _frequencies) = (arrays, categories, frequencies);

    /// <summary>Mean average precision over categories and the IoU thresholds 0.50 to 0.95.</summary>
    public double AP => _arrays.MeanPrecision(ObjectSize.All);

    /// <summary>Mean average precision at IoU 0.50.</summary>
    public double AP50 => _arrays.MeanPrecision(ObjectSize.All, 0);

    /// <summary>Mean average precision at IoU 0.75.</summary>
    public double AP75 => _arrays.MeanPrecision(ObjectSize.All, 5);

    /// <summary><see cref="AP"/> of objects of one size.</summary>
    public double APOf(ObjectSize size) => _arrays.MeanPrecision(size);

    /// <summary><see cref="AP"/> of the categories of one frequency.</summary>
    public double APOf(LvisFrequency frequency) => _arrays.MeanPrecision(ObjectSize.All, null,
        _frequencies.Index().Where(category => category.Item == frequency).Select(category => category.Index));

    /// <summary>Mean recall over categories and IoU thresholds, with 300 detections a picture, of objects of one
    /// size.</summary>
    public double AROf(ObjectSize size) => _arrays.MeanRecall(size, 0);

    /// <summary>One entry a category, by rising id; recall is that of 300 detections a picture.</summary>
    public IReadOnlyList<CategoryMetrics> PerCategory { get; }
}
