using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Optimizers;

/// <summary>
/// Stochastic gradient descent with momentum: g += decay p; m = momentum m + g; p -= lr m
/// (Nesterov: lr (g + momentum m)). As torch.optim.SGD with dampening 0.
/// </summary>
public sealed record Sgd(float Momentum = 0.9f, bool Nesterov = false) : Optimizer
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots => Momentum == 0 ? [] : ["momentum"];

    /// <inheritdoc/>
    protected override OptimizerUpdate Formula(Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step)
    {
        g = WeightDecay == 0 ? g : g + WeightDecay * p;
        if (Momentum == 0)
            return new(p - lr * g, []);
        var m = Momentum * slots[0] + g;
        return new(p - lr * (Nesterov ? g + Momentum * m : m), [m]);
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        base.Check();
        Require(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "at least 0 and below 1");
    }
}
