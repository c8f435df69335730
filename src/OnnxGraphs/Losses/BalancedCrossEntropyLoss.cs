using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// -b t log p - (1 - b)(1 - t) log(1 - p), p = sigmoid(x). Without a given b it is the share of negatives among the
/// targets, so that both kinds weigh the same. Xie and Tu 2015, https://arxiv.org/abs/1504.06375
/// </summary>
/// <param name="Beta">b in [0, 1]; null for the share of negatives.</param>
[Formula("-b t log p - (1 - b)(1 - t) log(1 - p), b = share of negatives", Paper = "https://arxiv.org/abs/1504.06375")]
public sealed record BalancedCrossEntropyLoss(float? Beta = null) : Loss
{
    /// <summary>A computed b stays in [Margin, 1 - Margin]: an all-negative batch would have loss 0
    /// otherwise.</summary>
    public float Margin { get; init; } = 1e-7f;

    /// <summary>Compute b for each image instead of for the batch.</summary>
    public bool BalancePerImage { get; init; }

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        if (Beta is { } b)
            return new Logit(prediction).WeightedCrossEntropy(target, target.Like(b), target.Like(1 - b));
        // The share of positives on its own: 1 - b would lose the digits of a small one.
        var (negatives, positives) = (Share(1f - target), Share(target));
        return new Logit(prediction).WeightedCrossEntropy(target, negatives, positives);
    }

    private Var Share(Var ones)
    {
        long[] axes = [.. Enumerable.Range(0, ones.Shape.Rank).Where(axis => axis > 0 || !BalancePerImage)];
        return Clip(ReduceMean(ones, axes), Margin, 1 - Margin);
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        if (Beta is { } b)
            LossArgument.Share(this, b, nameof(Beta));
        if (Beta is null && !BalancePerImage)
            RefuseParts(prediction, "set Beta, or BalancePerImage");
        Expect(Margin is >= 0 and < 0.5f, nameof(Margin), Margin, "a number in [0, 0.5)");
        base.Check(prediction, target);
    }
}
