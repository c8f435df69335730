using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Focal loss of heat maps: where the target t is 1 as ever, elsewhere less the nearer t is to 1, since a place beside a
/// centre is nearly right. Law and Deng 2018, https://arxiv.org/abs/1808.01244; Zhou et al. 2019,
/// https://arxiv.org/abs/1904.07850
/// </summary>
/// <param name="Gamma">g, at least 0.</param>
/// <param name="Beta">b, at least 0.</param>
[Formula("-(1 - p)^g log p where t = 1, else -(1 - t)^b p^g log(1 - p)", Paper = "https://arxiv.org/abs/1904.07850")]
public sealed record PenaltyReducedFocalLoss(float Gamma = 2f, float Beta = 4f) : Loss
{
    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var (x, t) = (new Logit(prediction), target);
        var centre = Cast(GreaterOrEqual(t, t.Like(1)), x.X.Type);
        var p = x.Probability;
        return (centre * Pow(1f - p, Gamma) + (1f - centre) * Pow(1f - t, Beta) * Pow(p, Gamma)) * x.CrossEntropy(centre);
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Above(this, 0, strict: false, Gamma);
        LossArgument.Above(this, 0, strict: false, Beta);
        base.Check(prediction, target);
    }
}
