using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Focal loss on probabilities p with targets 0 or 1: -a_t (1 - p_t)^g log(p_t), for models whose head ends in a
/// sigmoid.
/// From logits, <see cref="FocalLoss"/> is exact and needs no guard. Lin et al. 2017, https://arxiv.org/abs/1708.02002
/// </summary>
/// <param name="Alpha">Weight a of positives in [0, 1]; null for no a_t at all.</param>
/// <param name="Gamma">Focusing exponent g, at least 0.</param>
[Formula("-a_t (1 - p_t)^g log p_t", Paper = "https://arxiv.org/abs/1708.02002")]
public sealed record ProbabilityFocalLoss(float? Alpha = 0.25f, float Gamma = 2f) : Loss
{
    /// <summary>What keeps the logarithm finite; the factor (1 - p_t)^g always takes p_t as it is.</summary>
    public ProbabilityGuard Guard { get; init; } = ProbabilityGuard.Clip;

    /// <summary>The guard's e, in (0, 0.5).</summary>
    public float Epsilon { get; init; } = 1e-7f;

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var (p, t) = (prediction, target);
        var m = p * (1f - t) + (1f - p) * t;                                       // 1 - p_t
        var pt = p * t + (1f - p) * (1f - t);
        // p_t is limited, not p: 1 - (1 - e) has other digits than e.
        var guarded = Guard == ProbabilityGuard.None ? pt : Clip(pt, Epsilon, 1 - Epsilon);
        var ce = -Log(Guard == ProbabilityGuard.ClipAndAdd ? guarded + Epsilon : guarded);
        return (Alpha is { } a ? (t * (2 * a - 1) + (1 - a)) * Pow(m, Gamma) : Pow(m, Gamma)) * ce;
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        if (Alpha is { } a)
            LossArgument.Share(this, a, nameof(Alpha));
        LossArgument.Above(this, 0, strict: false, Gamma);
        Expect(Epsilon is > 0 and < 0.5f, nameof(Epsilon), Epsilon, "a number in (0, 0.5)");
        base.Check(prediction, target);
    }
}
