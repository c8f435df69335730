using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>
/// (1 - TI)^k, TI = (TP + s) / (TP + a FP + b FN + s + e). a = b = 1/2 is Dice, a = b = 1 Jaccard; b &gt; a punishes
/// missed pixels more. k = 1: Salehi et al. 2017, https://arxiv.org/abs/1706.05721; other k, focal Tversky:
/// Abraham and Khan 2018, https://arxiv.org/abs/1810.07842
/// </summary>
/// <param name="FalsePositiveWeight">a, at least 0.</param>
/// <param name="FalseNegativeWeight">b, at least 0.</param>
/// <param name="Exponent">k, above 0.</param>
[Formula("(1 - (TP + s) / (TP + a FP + b FN + s))^k", Paper = "https://arxiv.org/abs/1706.05721")]
public sealed record TverskyLoss(float FalsePositiveWeight = 0.5f, float FalseNegativeWeight = 0.5f,
    float Exponent = 1f)
    : RegionLoss
{
    /// <inheritdoc/>
    protected override Var Score(RegionSums sums) => (sums.Overlap + Smooth) / (sums.Overlap
        + FalsePositiveWeight * sums.FalsePositives + FalseNegativeWeight * sums.FalseNegatives + (Smooth + Epsilon));

    /// <inheritdoc/>
    protected override Var OfScore(Var score) =>
        Exponent == 1 ? base.OfScore(score) : Op.Pow(Op.Relu(base.OfScore(score)), Exponent);

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Above(this, 0, strict: false, FalsePositiveWeight);
        LossArgument.Above(this, 0, strict: false, FalseNegativeWeight);
        LossArgument.Above(this, 0, strict: true, Exponent);
        base.Check(prediction, target);
    }
}
