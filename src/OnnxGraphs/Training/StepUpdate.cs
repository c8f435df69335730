using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;

namespace OnnxGraphs.Training;

/// <summary>The part of a step behind the loss: gradients, and what they make of each vector of the state.</summary>
/// <param name="Gradients">The gradients of the weights, in the order of the layout.</param>
/// <param name="Vectors">Each vector with its next value.</param>
/// <param name="Scaling">How the loss is scaled; null where it is not.</param>
internal sealed record StepUpdate(
    IReadOnlyList<Var> Gradients, IReadOnlyList<(Var Old, Var New)> Vectors, LossScaling? Scaling)
{
    /// <summary>The gradients of the exits of the network's stretches; empty where it is not cut into such.</summary>
    public IReadOnlyList<Var> Arrivals { get; private init; } = [];

    /// <summary>Appends it to the graph of a loss.</summary>
    public static StepUpdate Append(Objective objective, Optimizer optimizer, TrainingGraphOptions options)
    {
        var (graph, size) = (objective.Graph, objective.Layout.Size);
        var scaling = options.Precision == StepPrecision.Float16 ? options.LossScaling : null;
        scaling?.Check();
        var (rate, step) = (graph.Input(TrainingGraph.LearningRate), graph.Input(TrainingGraph.StepNumber));
        var slots = TrainingGraph.SlotVectors(optimizer).Select(slot => graph.Input(slot, size)).ToList();
        var state = scaling is null ? null : graph.Input(TrainingGraph.LossScale, LossScaling.Size);
        var (gradients, arrivals) = objective.Gradients(Op.Table, state is null ? null : LossScaling.Parts(state).Scale);
        var gradient = Op.Concat(
            [.. gradients.Select(Flat)], 0);
        if (graph.Parts is not null)
            gradient = graph.Cut(gradient);
        var vectors = new List<(Var Old, Var New)>();
        var old = graph.Find(TrainingGraph.Parameters)!;
        var parts = new PartedUpdate(objective, optimizer, options.Groups, step);
        if (state is null)
            vectors.AddRange(Updated(parts.Of(old, gradient, slots, rate, step), old, slots));
        else
        {
            var (scale, _, skipped) = LossScaling.Parts(state);
            var finite = LossScaling.IsFinite(gradient);
            // An optimiser that counts steps does not count those that it never saw.
            var count = step - Op.Reshape(skipped, TensorShape.Scalar);
            var update = parts.Of(old, gradient / scale, slots, rate, count);
            vectors.AddRange(Updated(update, old, slots)
                .Select(pair => (pair.Old, Op.Where(finite, pair.New, pair.Old))));
            vectors.Add((state, scaling!.Next(state, finite)));
        }
        if (options.Average is { } average && graph.Input(TrainingGraph.Average, size) is var mean)
            vectors.Add((mean, average.Update(mean, vectors[0].New, step)));
        return new(gradients, vectors, scaling) { Arrivals = arrivals };
    }

    // A node for each, vectors too: ONNX Runtime computes the inputs of Concat from the last node to the first, and so each
    // gradient of a weight as soon as the backward pass is there. Else what a bias sums up is held to the end.
    private static Var Flat(Var piece) => Op.Append(piece.Graph, "Reshape",
        [piece, piece.Graph.Constant(piece.Shape.Size)], Attributes.None, "", null, 1).Outputs[0];

    private static IEnumerable<(Var Old, Var New)> Updated(OptimizerUpdate update, Var old, IReadOnlyList<Var> slots) =>
        slots.Zip(update.Slots).Prepend((old, update.Parameters));
}
