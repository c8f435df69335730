using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;

namespace OnnxGraphs.Training;

/// <summary>
/// One training step as one ONNX model: forward, loss, gradients and update. All trained parameters are one flat
/// vector, and so is each slot of the optimiser: a step reads a few vectors and writes a few.
/// </summary>
/// <param name="Step">
/// The model. Inputs: the data, <see cref="LearningRate"/>, <see cref="StepNumber"/> and the vectors. Outputs:
/// <see cref="Loss"/>, one per term, and the new vectors under <see cref="Next"/>.
/// </param>
/// <param name="Layout">Where each parameter lies in the flat vector.</param>
/// <param name="Data">Inputs that the caller fills for each step: images and targets.</param>
/// <param name="Terms">Names of the loss terms, as outputs of the model.</param>
/// <param name="Vectors">
/// Names of the flat vectors: parameters first, then the optimiser's slots and, where it is kept, the average.
/// </param>
public sealed record TrainingGraph(OnnxModel Step, ParameterLayout Layout, IReadOnlyList<Var> Data,
    IReadOnlyList<string> Terms, IReadOnlyList<string> Vectors)
{
    /// <summary>
    /// The step in two halves, where the loss builder declared predictions as outputs of its graph; else null.
    /// </summary>
    public StepHalves? Halves { get; private init; }

    /// <summary>
    /// The graph that the step was written from; it says more than the model about what can be replaced.
    /// </summary>
    internal Graph? Source { get; init; }

    /// <summary>Name of the flat parameter vector.</summary>
    public const string Parameters = "training/parameters";

    /// <summary>Name of the flat vector with the average of the parameters.</summary>
    public const string Average = "training/average";

    /// <summary>Name of the scalar input that carries the learning rate.</summary>
    public const string LearningRate = "training/learning_rate";

    /// <summary>Name of the scalar input that counts steps from 1.</summary>
    public const string StepNumber = "training/step";

    /// <summary>Name of the scalar output: the sum of all terms.</summary>
    public const string Loss = "training/loss";

    /// <summary>Name of the output that holds a vector's new value.</summary>
    public static string Next(string vector) => vector + "/next";

    /// <summary>Names of the flat vectors of an optimiser's slots.</summary>
    internal static IReadOnlyList<string> SlotVectors(Optimizer optimizer) =>
        [.. optimizer.Slots.Select(slot => "training/" + slot)];

    /// <summary>
    /// Builds the step for a model, cut at the given values, with the given input shapes. Values that the loss builder
    /// declares as outputs of the graph are predictions, which the targets depend on: the step then has two halves.
    /// </summary>
    /// <exception cref="ModelException">
    /// A value or weight is unknown, or an operator on the path cannot be trained.
    /// </exception>
    public static TrainingGraph Build(
        OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, Optimizer optimizer,
        TrainingGraphOptions? options = null)
    {
        options ??= new();
        var objective = Objective.Build(model, heads, loss, options, Unpack);
        var pieces = objective.Gradients(Op.Table)
            .Select(gradient => Op.Reshape(gradient, new TensorShape(gradient.Shape.Size)));
        var step = Finish(objective, Op.Concat([.. pieces], 0), optimizer, options.Average);
        return objective.Predictions.Count == 0 ? step
            : step with { Halves = StepHalves.Of(step.Step, objective.Graph, objective.Predictions) };
    }

    // Each parameter is a piece of the vector under its own name, where the reader of the model finds it.
    private static void Unpack(Graph graph, ParameterLayout layout)
    {
        var pieces = Op.Split(graph.Input(Parameters, layout.Size), 0,
            [.. layout.Entries.Select(entry => entry.Shape.Size)]);
        foreach (var (piece, entry) in pieces.Zip(layout.Entries))
        {
            var shape = graph.Constant(entry.Shape.ToArray());
            Op.Append(graph, "Reshape", [piece, shape], Attributes.None, "", [entry.Name], 1);
        }
    }

    private static TrainingGraph Finish(
        Objective objective, Var gradient, Optimizer optimizer, WeightAverage? average)
    {
        var (graph, layout) = (objective.Graph, objective.Layout);
        var vector = graph.Find(Parameters)!;
        var data = graph.Inputs.Where(input => input != vector).ToList();
        var (rate, step) = (graph.Input(LearningRate), graph.Input(StepNumber));
        var slots = SlotVectors(optimizer).Select(slot => graph.Input(slot, layout.Size)).ToList();
        var update = optimizer.Update(vector, gradient, slots, rate, step);
        List<(Var Old, Var New)> vectors = [(vector, update.Parameters), .. slots.Zip(update.Slots)];
        if (average is not null && graph.Input(Average, layout.Size) is var old)
            vectors.Add((old, average.Update(old, update.Parameters, step)));
        objective.OutputLoss();
        foreach (var (before, after) in vectors)
            graph.Output(Next(before.Name), after);
        return new(GraphWriter.Write(graph, "training_step"), layout, data, [.. objective.Terms.Keys],
            [.. vectors.Select(pair => pair.Old.Name)]) { Source = graph };
    }
}
