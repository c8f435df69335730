using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Optimizers;

/// <summary>
/// What Adam and AdamW share: m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t))
/// + eps). Kingma and Ba 2015, https://arxiv.org/abs/1412.6980.
/// </summary>
/// <param name="Beta1">b1, what the mean of gradients keeps of itself in a step.</param>
/// <param name="Beta2">b2, the same for their squares.</param>
/// <param name="Epsilon">eps.</param>
public abstract record AdamMoments(float Beta1, float Beta2, float Epsilon) : Optimizer
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots => ["first_moment", "second_moment"];

    /// <summary>The step from parameters that are decayed already.</summary>
    private protected OptimizerUpdate Moved(Var decayed, Var g, IReadOnlyList<Var> slots, Var lr, Var step)
    {
        var m = Beta1 * slots[0] + (1f - Beta1) * g;
        var v = Beta2 * slots[1] + (1f - Beta2) * (g * g);
        var (c1, c2) = (1f - Power(Beta1, step), 1f - Power(Beta2, step));
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
