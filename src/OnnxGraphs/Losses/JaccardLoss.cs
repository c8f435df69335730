using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>1 - (sum p t + s) / (sum p + sum t - sum p t + s + e): the overlap over the union.</summary>
[Formula("1 - (sum p t + s) / (sum p + sum t - sum p t + s)")]
public sealed record JaccardLoss : RegionLoss
{
    /// <inheritdoc/>
    protected override Var Score(RegionSums sums) =>
        (sums.Overlap + Smooth) / (sums.Predicted + sums.True - sums.Overlap + (Smooth + Epsilon));
}
