using OnnxGraphs.Graphs;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Focal loss on logits x with targets t in [0, 1], one sigmoid a class:
/// FL(p_t) = -a_t (1 - p_t)^g log(p_t), p = sigmoid(x), p_t = p t + (1 - p)(1 - t), a_t = a t + (1 - a)(1 - t).
/// Lin et al. 2017, https://arxiv.org/abs/1708.02002
/// </summary>
/// <param name="Alpha">Weight a of positives in [0, 1]; null for no a_t at all.</param>
/// <param name="Gamma">Focusing exponent g, at least 0; 0 gives cross-entropy.</param>
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
    /// The sum over the classes of each anchor, [B, N, 1], from logits [B, N, C] and class numbers Int64 [B, N], negative for
    /// none. All classes are taken as background in one dense pass; then the positive class is put right.
    /// </summary>
    public Var PerAnchor(Var logits, Var classes)
    {
        Validate();
        Expect(logits.Type.IsFloat() && logits.Shape.Rank == 3, nameof(logits), logits, "floats [B, N, C]");
        Expect(classes.Type == ElementType.Int64 && classes.Shape == new TensorShape(logits.Shape[0], logits.Shape[1]),
            nameof(classes), classes, $"Int64 [{logits.Shape[0]}, {logits.Shape[1]}]");
        var x = new Logit(logits);
        var (s, p, q) = (x.Softplus, x.P, x.Q);
        var u = Pow(p, Gamma) * (1 - Alpha ?? 1f);
        var background = ReduceSum(u * s, [-1]);                                     // -(1 - a) p^g log q
        var dense = WithGradient(background, (logits, u * (p + q * s * Gamma)));
        var index = Unsqueeze(Max(classes, classes.Like(0)), -1);
        var own = GatherElements(logits, index, -1);
        var positive = Cast(GreaterOrEqual(Unsqueeze(classes, -1), classes.Like(0)), logits.Type);
        return dense + positive * (Formula(own, positive) - Formula(own, positive * 0f));
    }
}
