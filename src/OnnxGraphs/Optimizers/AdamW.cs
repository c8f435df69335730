using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Optimizers;

/// <summary>
/// Adam with decoupled weight decay: p -= lr decay p; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
/// p -= lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps).
/// Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101; as torch.optim.AdamW.
/// </summary>
public sealed record AdamW(float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f) : Optimizer
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots => ["first_moment", "second_moment"];

    /// <inheritdoc/>
    protected override OptimizerUpdate Formula(Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step)
    {
        var m = Beta1 * slots[0] + (1f - Beta1) * g;
        var v = Beta2 * slots[1] + (1f - Beta2) * (g * g);
        var (c1, c2) = (1f - Power(Beta1, step), 1f - Power(Beta2, step));
        var decayed = WeightDecay == 0 ? p : p * (1f - WeightDecay * lr);
        return new(decayed - (lr / c1) * m / (Sqrt(v) / Sqrt(c2) + Epsilon), [m, v]);
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        base.Check();
        Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "at least 0 and below 1");
        Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "at least 0 and below 1");
        Require(Epsilon > 0, nameof(Epsilon), Epsilon, "a positive number");
    }

    // b^t = e^(t log b)
    private static Var Power(float b, Var step) => b == 0 ? step * 0f : Exp(step * (float)Math.Log(b));
}
