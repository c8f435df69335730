using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;

namespace OnnxGraphs.Training;

/// <summary>
/// The update of vectors whose parts are treated in different ways: groups of weights, matrices and vectors, running
/// statistics. Without any of these it is the optimiser's own.
/// </summary>
/// <param name="objective">The loss, with the layout of the vectors.</param>
/// <param name="optimizer">The optimiser.</param>
/// <param name="groups">The groups.</param>
/// <param name="step">Number of the step, from 1, skipped ones counted.</param>
internal sealed class PartedUpdate(
    Objective objective, Optimizer optimizer, IReadOnlyList<ParameterGroup> groups, Var step)
{
    private readonly List<(Treatment Treatment, TensorShape[] Shapes, long Size)> _parts =
        [.. objective.Trained.GroupBy(entry => Treatment.Of(entry.Name, entry.Shape, groups)).Select(part =>
            (part.Key, part.Select(entry => entry.Shape).ToArray(), part.Sum(entry => entry.Shape.Size)))];

    /// <summary>The new vectors.</summary>
    /// <param name="p">The parameters, running statistics at their end.</param>
    /// <param name="g">The gradient of those that are trained.</param>
    /// <param name="slots">The optimiser's slots.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="count">Number of the step, from 1, skipped ones left out.</param>
    public OptimizerUpdate Of(Var p, Var g, IReadOnlyList<Var> slots, Var rate, Var count)
    {
        if (_parts.Count == 1 && _parts[0].Treatment == Treatment.Usual && objective.Statistics.Count == 0
            && !optimizer.LooksAtShapes)
            return optimizer.Update(p, g, slots, rate, count);
        var gradients = Split(optimizer.Limited(Joined([.. Split(g).Zip(_parts, Melted)])));
        var pieces = new[] { p }.Concat(slots).Select(Split).ToList();
        var updates = _parts.Select((part, i) => Part(
            part.Treatment, part.Shapes, [.. pieces.Select(vector => vector[i])], gradients[i], rate, count)).ToList();
        if (objective.Statistics.Count > 0)
            updates.Add(new(Joined([.. objective.Statistics.Select(value => Op.Reshape(value, value.Shape.Size))]),
                [.. pieces.Skip(1).Select(vector => vector[^1])]));
        return new(Joined([.. updates.Select(update => update.Parameters)]),
            [.. slots.Index().Select(slot => Joined([.. updates.Select(update => update.Slots[slot.Index])]))]);
    }

    // A frozen part does not count for the norm of the gradient.
    private Var Melted(Var gradient, (Treatment Treatment, TensorShape[] Shapes, long Size) part) =>
        part.Treatment.FrozenSteps == 0 ? gradient
        : Op.Where(Moves(part.Treatment), gradient, Op.Filled(gradient.Graph, gradient.Shape, 0));

    private OptimizerUpdate Part(
        Treatment treatment, TensorShape[] shapes, Var[] old, Var gradient, Var rate, Var count)
    {
        var own = treatment.WeightDecay is { } decay ? optimizer with { WeightDecay = decay } : optimizer;
        if (treatment.RateFactor != 1)
            rate *= treatment.RateFactor;
        if (treatment.FrozenSteps == 0)
            return own.Part(shapes, old[0], gradient, old[1..], rate, count);
        // An optimiser that counts steps begins with the first one that it may take.
        var since = Op.Max(count - (float)treatment.FrozenSteps, count.Like(1));
        var update = own.Part(shapes, old[0], gradient, old[1..], rate, since);
        var moves = Moves(treatment);
        return new(Op.Where(moves, update.Parameters, old[0]),
            [.. update.Slots.Zip(old[1..], (next, before) => Op.Where(moves, next, before))]);
    }

    private Var Moves(Treatment treatment) => Op.Greater(step, step.Like(treatment.FrozenSteps));

    private IReadOnlyList<Var> Split(Var vector)
    {
        long[] sizes = [.. _parts.Select(part => part.Size)];
        return vector.Shape.Size > sizes.Sum() ? Op.Split(vector, 0, [.. sizes, vector.Shape.Size - sizes.Sum()])
            : sizes.Length > 1 ? Op.Split(vector, 0, sizes) : [vector];
    }

    private static Var Joined(IReadOnlyList<Var> parts) => parts.Count == 1 ? parts[0] : Op.Concat(parts, 0);
}
