using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Optimizers;

/// <summary>
/// RMSprop: g += decay p; v = a v + (1 - a) g^2; d = g / (sqrt(v) + eps); m = momentum m + d; p -= lr m. Tieleman and Hinton
/// 2012 (lecture 6e of "Neural networks for machine learning"); as torch.optim.RMSprop, uncentred.
/// </summary>
/// <param name="Smoothing">a, what the mean of squares keeps of itself in a step.</param>
/// <param name="Momentum">Of the steps; 0 for none.</param>
/// <param name="Epsilon">eps.</param>
public sealed record RmsProp(float Smoothing = 0.99f, float Momentum = 0, float Epsilon = 1e-8f) : Optimizer
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Slots => Momentum == 0 ? ["square_mean"] : ["square_mean", "momentum"];

    /// <inheritdoc/>
    protected override OptimizerUpdate Formula(Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step)
    {
        g = WeightDecay == 0 ? g : g + WeightDecay * p;
        var v = Smoothing * slots[0] + (1f - Smoothing) * (g * g);
        var d = g / (Sqrt(v) + Epsilon);
        if (Momentum == 0)
            return new(p - lr * d, [v]);
        var m = Momentum * slots[1] + d;
        return new(p - lr * m, [v, m]);
    }

    /// <inheritdoc/>
    protected override void Check()
    {
        base.Check();
        Require(Smoothing is >= 0 and < 1, nameof(Smoothing), Smoothing, "at least 0 and below 1");
        Require(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "at least 0 and below 1");
        Require(Epsilon > 0, nameof(Epsilon), Epsilon, "a positive number");
    }
}
