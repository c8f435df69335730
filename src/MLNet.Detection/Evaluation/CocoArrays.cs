namespace MLNet.Detection.Evaluation;

// precision [T,K,A,M,R] and recall [T,K,A,M] of IoU thresholds, categories, areas, detection limits and recall levels
internal sealed class CocoArrays
{
    // The doubles that numpy's linspace makes: 0.9 is 0.8999999999999999 and 0.57 is 0.5700000000000001.
    public static readonly double[] IouThresholds =
        [.. Enumerable.Range(0, 10).Select(i => i == 9 ? 0.95 : i * ((0.95 - 0.5) / 9) + 0.5)];

    public static readonly double[] RecallLevels = [.. Enumerable.Range(0, 101).Select(i => i == 100 ? 1.0 : i * 0.01)];

    public static readonly int[] CustomaryLimits = [1, 10, 100];

    public static readonly (double Least, double Most)[] Areas =
        [(0, 1e10), (0, 32 * 32), (32 * 32, 96 * 96), (96 * 96, 1e10)];

    private readonly int _categories;
    private readonly double[] _precision;
    private readonly double[] _recall;

    public CocoArrays(int categories, IReadOnlyList<int> limits)
    {
        (_categories, Limits) = (categories, limits);
        _recall = new double[IouThresholds.Length * categories * Areas.Length * limits.Count];
        _precision = new double[_recall.Length * RecallLevels.Length];
        Array.Fill(_recall, -1);
        Array.Fill(_precision, -1);
    }

    // Detections of a picture and category that count, rising.
    public IReadOnlyList<int> Limits { get; }

    public Span<double> Precision(int iou, int category, ObjectSize size, int limit) =>
        _precision.AsSpan(Cell(iou, category, size, limit) * RecallLevels.Length, RecallLevels.Length);

    public ref double Recall(int iou, int category, ObjectSize size, int limit) =>
        ref _recall[Cell(iou, category, size, limit)];

    // Over categories (all, or these) and IoU thresholds (all, or this one), with the highest limit of detections.
    public double MeanPrecision(ObjectSize size, int? iou = null, IEnumerable<int>? categories = null) =>
        MeanOfKnown(
            from t in iou is { } only ? [only] : Enumerable.Range(0, IouThresholds.Length)
            from category in categories ?? Enumerable.Range(0, _categories)
            from value in Precision(t, category, size, Limits.Count - 1).ToArray()
            select value);

    // Over categories and IoU thresholds.
    public double MeanRecall(ObjectSize size, int limit) => MeanOfKnown(
        from t in Enumerable.Range(0, IouThresholds.Length)
        from category in Enumerable.Range(0, _categories)
        select Recall(t, category, size, limit));

    public static double MeanOfKnown(IEnumerable<double> values)
    {
        var (sum, count) = (0.0, 0);
        foreach (var value in values)
            if (value > -1)
                (sum, count) = (sum + value, count + 1);
        return count > 0 ? sum / count : -1;
    }

    private int Cell(int iou, int category, ObjectSize size, int limit) =>
        ((iou * _categories + category) * Areas.Length + (int)size) * Limits.Count + limit;
}
