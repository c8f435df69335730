using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;

namespace OnnxGraphs.Training;

/// <summary>
/// The update of vectors whose parts are treated in different ways: groups of weights, matrices and vectors, running
/// statistics. Without any of these it is the optimiser's own. Each number takes what its part makes of it, chosen by a mask, so
/// that one kernel reads and writes each vector and may write over what it read; optimisers of matrices are given the
/// parts.
/// </summary>
/// <param name="objective">The loss, with the layout of the vectors.</param>
/// <param name="optimizer">The optimiser.</param>
/// <param name="groups">The groups.</param>
/// <param name="step">Number of the step, from 1, skipped ones counted.</param>
internal sealed class PartedUpdate(
    Objective objective, Optimizer optimizer, IReadOnlyList<ParameterGroup> groups, Var step)
{
    private readonly TreatedStep _step = new(optimizer, step);
    private readonly List<(Treatment Treatment, TensorShape[] Shapes, long Size)> _parts =
        [.. objective.Trained.GroupBy(entry => Treatment.Of(entry.Name, entry.Shape, groups)).Select(part =>
            (part.Key, part.Select(entry => entry.Shape).ToArray(), part.Sum(entry => entry.Shape.Size)))];

    /// <summary>The new vectors.</summary>
    /// <param name="p">The parameters, running statistics at their end.</param>
    /// <param name="g">The gradient of those that are trained.</param>
    /// <param name="slots">The optimiser's slots.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="count">Number of the step, from 1, skipped ones left out.</param>
    public OptimizerUpdate Of(Var p, Var g, IReadOnlyList<Var> slots, Var rate, Var count) =>
        optimizer.LooksAtShapes ? Split(p, g, slots, rate, count)
        : _parts.Count == 1 && _parts[0].Treatment == Treatment.Usual && objective.Statistics.Count == 0
            ? optimizer.Update(p, g, slots, rate, count)
        : Masked(p, g, slots, rate, count);

    private OptimizerUpdate Masked(Var p, Var g, IReadOnlyList<Var> slots, Var rate, Var count)
    {
        var all = objective.Statistics.Count == 0 ? g : Joined([.. Pieces(g), .. Statistics()]);
        var (counted, start) = (all, 0L);
        // The first part is what the others leave: it needs a mask only where it is frozen.
        var masks = new List<Var?>();
        foreach (var (treatment, _, size) in _parts)
        {
            masks.Add(masks.Count > 0 || treatment.FrozenSteps > 0 ? Mask(p, start, size) : null);
            if (treatment.FrozenSteps > 0)
                counted = Op.Where(masks[^1]!, _step.Melted(treatment, counted), counted);
            start += size;
        }
        var trained = objective.Statistics.Count == 0 ? null : Mask(p, 0, start);
        if (trained is not null)
            counted = Op.Where(trained, counted, counted.Like(0));
        var gradient = optimizer.Limited(all, counted);
        var updates = _parts.Select(part => _step.Of(part.Treatment, part.Shapes, [p, .. slots], gradient, rate, count)).ToList();
        var update = updates.Skip(1).Zip(masks.Skip(1)).Aggregate(updates[0], (others, part) =>
            TreatedStep.Chosen(part.Second!, part.First, others));
        return trained is null ? update : TreatedStep.Chosen(trained, update, new(all, slots));
    }

    private static Var Mask(Var vector, long start, long size)
    {
        var mask = new bool[vector.Shape.Size];
        mask.AsSpan((int)start, (int)size).Fill(true);
        return vector.Graph.Constant(Tensor.Of<bool>(vector.Shape, mask));
    }

    // What a vector was joined of, so that a longer one need not hold it twice.
    private static IEnumerable<Var> Pieces(Var vector) =>
        vector.Node is { Op: "Concat" } node ? node.Inputs.Select(input => input!) : [vector];

    private IEnumerable<Var> Statistics() => objective.Statistics.Select(value => Op.Reshape(value, value.Shape.Size));

    private OptimizerUpdate Split(Var p, Var g, IReadOnlyList<Var> slots, Var rate, Var count)
    {
        var melted = Joined([.. Split(g).Zip(_parts, (piece, part) => _step.Melted(part.Treatment, piece))]);
        var gradients = Split(optimizer.Limited(melted, melted));
        var pieces = new[] { p }.Concat(slots).Select(Split).ToList();
        var updates = _parts.Select((part, i) => _step.Of(
            part.Treatment, part.Shapes, [.. pieces.Select(vector => vector[i])], gradients[i], rate, count)).ToList();
        if (objective.Statistics.Count > 0)
            updates.Add(new(Joined([.. Statistics()]), [.. pieces.Skip(1).Select(vector => vector[^1])]));
        return new(Joined([.. updates.Select(update => update.Parameters)]),
            [.. slots.Index().Select(slot => Joined([.. updates.Select(update => update.Slots[slot.Index])]))]);
    }

    private IReadOnlyList<Var> Split(Var vector)
    {
        long[] sizes = [.. _parts.Select(part => part.Size)];
        return vector.Shape.Size > sizes.Sum() ? Op.Split(vector, 0, [.. sizes, vector.Shape.Size - sizes.Sum()])
            : sizes.Length > 1 ? Op.Split(vector, 0, sizes) : [vector];
    }

    private static Var Joined(IReadOnlyList<Var> parts) => parts.Count == 1 ? parts[0] : Op.Concat(parts, 0);
}
