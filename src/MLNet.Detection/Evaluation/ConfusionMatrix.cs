namespace MLNet.Detection.Evaluation;

/// <summary>How often objects of each category were taken for which.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[,] _counts;

    internal ConfusionMatrix(IReadOnlyList<long> categoryIds, int[,] counts) =>
        (CategoryIds, _counts) = (categoryIds, counts);

    /// <summary>The categories, by rising id; row and column behind the last stand for background.</summary>
    public IReadOnlyList<long> CategoryIds { get; }

    /// <summary>Index of the background: the row of detections of nothing, the column of missed objects.</summary>
    public int Background => CategoryIds.Count;

    /// <summary>Objects of the category <paramref name="truth"/> that were taken for
    /// <paramref name="predicted"/>; both are indices into <see cref="CategoryIds"/>, or
    /// <see cref="Background"/>.</summary>
    public int this[int truth, int predicted] => _counts[truth, predicted];

    /// <summary>Objects of a category, found or not; for the background, detections of nothing.</summary>
    public int Total(int truth) => Enumerable.Range(0, CategoryIds.Count + 1).Sum(p => _counts[truth, p]);
}
