using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;

namespace OnnxGraphs.Training;

/// <summary>What an optimiser makes of weights that are treated in one way.</summary>
/// <param name="optimizer">The optimiser.</param>
/// <param name="step">Number of the step, from 1, skipped ones counted.</param>
internal sealed class TreatedStep(Optimizer optimizer, Var step)
{
    /// <summary>The new vectors.</summary>
    /// <param name="treatment">The way.</param>
    /// <param name="shapes">The weights that lie in the vectors, one after the other.</param>
    /// <param name="old">The parameters, and the optimiser's slots.</param>
    /// <param name="gradient">The gradient, limited already.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="count">Number of the step, from 1, skipped ones left out.</param>
    public OptimizerUpdate Of(
        Treatment treatment, IReadOnlyList<TensorShape> shapes, Var[] old, Var gradient, Var rate, Var count)
    {
        var own = treatment.WeightDecay is { } decay ? optimizer with { WeightDecay = decay } : optimizer;
        if (treatment.RateFactor != 1)
            rate *= treatment.RateFactor;
        if (treatment.FrozenSteps == 0)
            return own.Part(shapes, old[0], gradient, old[1..], rate, count);
        // An optimiser that counts steps begins with the first one that it may take.
        var since = Op.Max(count - (float)treatment.FrozenSteps, count.Like(1));
        return Chosen(Moves(treatment), own.Part(shapes, old[0], gradient, old[1..], rate, since), new(old[0], old[1..]));
    }

    /// <summary>A gradient, or zeros as long as the weights are frozen: they do not count for its norm.</summary>
    public Var Melted(Treatment treatment, Var gradient) =>
        treatment.FrozenSteps == 0 ? gradient : Op.Where(Moves(treatment), gradient, gradient.Like(0));

    /// <summary>One update or the other, number by number.</summary>
    public static OptimizerUpdate Chosen(Var mask, OptimizerUpdate one, OptimizerUpdate other) => new(
        Op.Where(mask, one.Parameters, other.Parameters),
        [.. one.Slots.Zip(other.Slots, (a, b) => a == b ? a : Op.Where(mask, a, b))]);

    private Var Moves(Treatment treatment) => Op.Greater(step, step.Like(treatment.FrozenSteps));
}
