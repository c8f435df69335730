using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Optimizers;

/// <summary>
/// An optimiser as a graph over one flat vector that holds all trained parameters: a handful of nodes however many
/// parameters there are. The learning rate is an input of every step.
/// </summary>
public abstract record Optimizer
{
    /// <summary>Weight decay; what it multiplies is the optimiser's own definition.</summary>
    public float WeightDecay { get; init; }

    /// <summary>Largest global gradient norm; longer gradients are scaled down to it. Null: no limit.</summary>
    public float? ClipNorm { get; init; }

    /// <summary>Names of the vectors that the optimiser carries from step to step, all zero at first.</summary>
    public abstract IReadOnlyList<string> Slots { get; }

    /// <summary>New parameters and slots from the old ones, the gradient and the scalars of this step.</summary>
    public OptimizerUpdate Update(Var parameters, Var gradient, IReadOnlyList<Var> slots, Var learningRate, Var step)
    {
        Check();
        return Formula(parameters, Clipped(gradient, gradient), slots, learningRate, step);
    }

    /// <summary>Checks the settings and limits the norm of a gradient, for steps that are taken piece by piece.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="counted">What counts for its norm.</param>
    internal Var Limited(Var gradient, Var counted)
    {
        Check();
        return Clipped(gradient, counted);
    }

    /// <summary>The step of a part of the parameters, whose gradient is limited already.</summary>
    /// <param name="shapes">The weights that lie in the vectors, one after the other.</param>
    /// <param name="p">Their part of the parameters.</param>
    /// <param name="g">Of the gradient.</param>
    /// <param name="slots">Of the slots.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="step">Number of the step, counted from 1.</param>
    internal OptimizerUpdate Part(
        IReadOnlyList<TensorShape> shapes, Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step) =>
        Formula(shapes, p, g, slots, lr, step);

    /// <summary>The update rule. <paramref name="step"/> counts from 1.</summary>
    protected abstract OptimizerUpdate Formula(Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step);

    /// <summary>The rule of an optimiser to which it matters what weights the vectors are made of.</summary>
    private protected virtual OptimizerUpdate Formula(
        IReadOnlyList<TensorShape> shapes, Var p, Var g, IReadOnlyList<Var> slots, Var lr, Var step) =>
        Formula(p, g, slots, lr, step);

    /// <summary>Whether weights of other shapes are updated by other rules.</summary>
    internal virtual bool LooksAtShapes => false;

    /// <summary>Throws an <see cref="ArgumentException"/> for settings out of range.</summary>
    protected virtual void Check()
    {
        Require(WeightDecay >= 0, nameof(WeightDecay), WeightDecay, "zero or more");
        Require(ClipNorm is null or > 0, nameof(ClipNorm), ClipNorm ?? 0, "positive, or null for no limit");
    }

    /// <summary>Throws for an option that is out of its range.</summary>
    protected void Require(bool holds, string option, float found, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{GetType().Name}.{option} is {found}; expected {expected}.");
    }

    // g min(1, limit / |g|), as torch.nn.utils.clip_grad_norm_.
    private Var Clipped(Var g, Var counted) => ClipNorm is not { } limit ? g
        : g * Op.Min(limit / (Op.Sqrt(Op.ReduceSum(counted * counted)) + 1e-6f), g.Like(1));
}
