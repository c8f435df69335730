using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Optimizers;

/// <summary>
/// Lion: p -= lr decay p; p -= lr sign(b1 m + (1 - b1) g); m = b2 m + (1 - b2) g. Every number moves by the learning rate, so
/// it is a third to a tenth of AdamW's, and the decay as many times larger. Chen et al. 2023,
/// https://arxiv.org/abs/2302.06675.
/// </summary>
/// <param name="Beta1">b1, the part of the momentum in a step.</param>
/// <param name="Beta2">b2, what the momentum keeps of itself.</param>
public sealed record Lion(float Beta1 = 0.9f, float Beta2 = 0.99f) : Optimizer
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots => ["momentum"];

    /// <inheritdoc/>
    protected override OptimizerUpdate Formula(Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step)
    {
        var decayed = WeightDecay == 0 ? p : p * (1f - WeightDecay * lr);
        var direction = Op.Sign(Beta1 * slots[0] + (1f - Beta1) * g);
        return new(decayed - lr * direction, [Beta2 * slots[0] + (1f - Beta2) * g]);
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        base.Check();
        Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "at least 0 and below 1");
        Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "at least 0 and below 1");
    }
}
