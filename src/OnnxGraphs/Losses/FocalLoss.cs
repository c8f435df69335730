using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Focal loss on logits x with targets t in [0, 1], one sigmoid a class:
/// FL(p_t) = -a_t (1 - p_t)^g log(p_t), p = sigmoid(x), p_t = p t + (1 - p)(1 - t), a_t = a t + (1 - a)(1 - t).
/// Lin et al. 2017, https://arxiv.org/abs/1708.02002
/// </summary>
/// <param name="Alpha">Weight a of positives in [0, 1]; null for no a_t at all.</param>
/// <param name="Gamma">Focusing exponent g, at least 0; 0 gives cross-entropy.</param>
[Formula("-a_t (1 - p_t)^g log p_t, p = sigmoid(x)", Paper = "https://arxiv.org/abs/1708.02002")]
public sealed record FocalLoss(float? Alpha = 0.25f, float Gamma = 2f) : Loss
{
    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var (x, t) = (new Logit(prediction), target);
        var (p, q, ce) = (x.P, x.Q, x.CrossEntropy(t));
        var m = p * (1f - t) + q * t;                                              // 1 - p_t
        var w = Alpha is { } a ? (t * (2 * a - 1) + (1 - a)) * Pow(m, Gamma) : Pow(m, Gamma);
        // d ce/dx = p - t and dm/dx = p q (1 - 2t); m can only reach 0 together with p q.
        var slope = w * (Gamma * p * q * (1f - 2f * t) / Max(m, m.Like(1e-30)) * ce + (p - t));
        return WithGradient(w * ce, (prediction, slope));
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        Validate();
        base.Check(prediction, target);
    }

    private void Validate()
    {
        if (Alpha is { } alpha)
            LossArgument.Share(this, alpha, nameof(Alpha));
        LossArgument.Above(this, 0, strict: false, Gamma);
    }

    /// <summary>
    /// The sum over the classes of each anchor, [B, N], from logits [B, N, C] and class numbers Int64 [B, N], negative
    /// for none. All classes are taken as background in one dense pass; then the positive class of each anchor is put
    /// right.
    /// </summary>
    public Var PerAnchor(Var logits, Var classes)
    {
        Validate();
        Expect(logits.Type.IsFloat() && logits.Shape.Rank == 3, nameof(logits), logits, "floats [B, N, C]");
        Expect(classes.Type == ElementType.Int64 && classes.Shape == new TensorShape(logits.Shape[0], logits.Shape[1]),
            nameof(classes), classes, $"Int64 [{logits.Shape[0]}, {logits.Shape[1]}]");
        var index = Unsqueeze(Max(classes, classes.Like(0)), 2);
        var own = Squeeze(GatherElements(logits, index, 2), 2);
        var positive = Cast(GreaterOrEqual(classes, classes.Like(0)), logits.Type);
        var (a, rest) = Alpha is { } alpha ? (alpha, 1 - alpha) : (1f, 1f);
        var (hit, hitSlope) = Background(-own);                     // a positive at x is a background at -x
        if (rest == 0)
            return positive * WithGradient(hit, (own, -hitSlope));
        var (miss, missSlope) = Background(own);
        var (dense, denseSlope) = Background(logits);
        var value = ReduceSum(dense, [2]) + Unsqueeze(positive * (a / rest * hit - miss), 2);
        var correction = Unsqueeze(positive * -(a / rest * hitSlope + missSlope), 2);
        var slope = ScatterElements(denseSlope, index, correction, 2, "add");
        return rest * Squeeze(WithGradient(value, (logits, slope)), 2);
    }

    // p^g s with s = -log(1 - p) = log(1 + e^x), and its derivative p^g (p + g (1 - p) s). Few passes, digits kept: the
    // only loss is that of s far below 0, where p^g is as small. Above x = 85 the value stays, so that e^x does not
    // overflow.
    private (Var Value, Var Slope) Background(Var x)
    {
        var e = Exp(Clip(x, null, 85));
        var (q, s) = (1f / (1f + e), Log(1f + e));
        var p = e * q;
        var u = Pow(p, Gamma);
        return (u * s, u * (q * s * Gamma + p));
    }
}
