using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Focal loss divided by the sum of its focus: a_t (1 - p_t)^g (-log p_t) / max(sum (1 - p_t)^g, 1e-6), on logits. The
/// gradient flows through the divisor as well, so that it does not fade as predictions get better.
/// </summary>
/// <param name="Alpha">Weight a of positives in [0, 1]; null for no a_t at all.</param>
/// <param name="Gamma">Focusing exponent g, at least 0.</param>
[Formula("-a_t (1 - p_t)^g log p_t / max(sum (1 - p_t)^g, 1e-6), p = sigmoid(x)")]
public sealed record NormalizedFocalLoss(float? Alpha = 0.25f, float Gamma = 2f) : Loss
{
    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var p = new Logit(prediction).Probability;
        var focus = SumAll(Pow(p + target - 2f * p * target, Gamma));
        return new FocalLoss(Alpha, Gamma).Elements(prediction, target) / Max(focus, focus.Like(1e-6));
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        RefuseParts(prediction, "take FocalLoss");
        base.Check(prediction, target);
    }
}
