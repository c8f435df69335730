namespace OnnxGraphs.Surgery;

/// <summary>How the weights of a new class head start.</summary>
public sealed record HeadReplacementOptions
{
    /// <summary>Standard deviation of the normally distributed weights.</summary>
    public float WeightDeviation { get; init; } = 0.01f;

    /// <summary>
    /// For sigmoid heads: the probability that every class starts with; the bias is -log((1 - p) / p). Lin et al. 2017
    /// use 0.01. Null (softmax heads): the bias is 0.
    /// </summary>
    public float? Prior { get; init; }

    /// <summary>
    /// Classes that stay: new class index to old class index, whose weights are kept. Others start anew.
    /// </summary>
    public IReadOnlyDictionary<int, int> Kept { get; init; } = new Dictionary<int, int>();

    /// <summary>Seed of the random weights.</summary>
    public int Seed { get; init; }

    /// <summary>Whether what lies behind boxes of each class takes their number from shapes, and stays as it is.</summary>
    public bool KeepsTail { get; init; }
}
