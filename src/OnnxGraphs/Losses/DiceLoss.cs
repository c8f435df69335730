using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>
/// 1 - (2 sum p t + s) / (sum p + sum t + s + e), with <see cref="Squared"/> sum p^2 in place of sum p.
/// Milletari et al. 2016, https://arxiv.org/abs/1606.04797
/// </summary>
[Formula("1 - (2 sum p t + s) / (sum p + sum t + s)", Paper = "https://arxiv.org/abs/1606.04797")]
public sealed record DiceLoss : RegionLoss
{
    /// <summary>Squares in the denominator (V-Net's form).</summary>
    public bool Squared { get; init; }

    /// <inheritdoc/>
    protected override Var Score(RegionSums sums) => (2f * sums.Overlap + Smooth)
        / ((Squared ? sums.PredictedSquares : sums.Predicted) + sums.True + (Smooth + Epsilon));
}
