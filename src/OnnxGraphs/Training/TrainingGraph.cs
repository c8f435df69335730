using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Rewrites;

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
/// Names of the flat vectors: parameters first, then the optimiser's slots and, where they are kept, the state of the
/// loss scale and the average.
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

    /// <summary>
    /// Where the step is cut to add up over the parts of a batch: counts of the losses, and the gradient at last; empty
    /// where it takes whole batches.
    /// </summary>
    internal IReadOnlyList<PartSum> Sums { get; private init; } = [];

    /// <summary>Name of the flat parameter vector.</summary>
    public const string Parameters = "training/parameters";

    /// <summary>Name of the flat vector with the average of the parameters.</summary>
    public const string Average = "training/average";

    /// <summary>Name of the vector with the scale of the loss, the good steps behind it and the skipped steps.</summary>
    public const string LossScale = "training/loss_scale";

    /// <summary>How the loss is scaled; null where it is not.</summary>
    public LossScaling? Scaling { get; init; }

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
        var graph = objective.Graph;
        var data = graph.Inputs.Where(input => input.Name != Parameters).Except(graph.Sums.Select(sum => sum.Total))
            .ToList();
        var update = StepUpdate.Append(objective, optimizer, options);
        Var Here(Var value) => graph.Find(value.Name)!;
        objective.OutputLoss();
        foreach (var (before, after) in update.Vectors)
            graph.Output(Next(before.Name), after);
        if (objective.Stretches is { } stretches)
            graph = Recomputation.Of(graph, stretches, update.Arrivals);
        if (options.Precision != StepPrecision.Float32)
            graph = MixedPrecision.Of(graph, options.Precision == StepPrecision.Float16 ? ElementType.Float16
                : ElementType.BFloat16,
                [.. graph.Inputs.Except(data.Concat(objective.Graph.Sums.Select(sum => sum.Total)).Select(Here))],
                objective.Heads.Concat(update.Gradients).Select(Here).ToList());
        else if (options.Form != StepForm.Native)
            graph = WebGpuForm.Of(graph, options.Form == StepForm.WebGpuInt32);
        var predictions = objective.Predictions.Select(Here).ToList();
        var step = GraphWriter.Write(graph, "training_step");
        return new(step, objective.Layout, [.. data.Select(Here)],
            [.. objective.Terms.Keys], [.. update.Vectors.Select(pair => pair.Old.Name)])
        {
            Source = graph, Scaling = update.Scaling,
            Sums = [.. objective.Graph.Sums.Select(sum =>
                new PartSum(Here(sum.Part), Here(sum.Total)))],
            Halves = predictions.Count == 0 ? null : StepHalves.Of(step, graph, predictions),
        };
    }

    /// <summary>Elements of one of the vectors.</summary>
    internal static long SizeOf(string vector, ParameterLayout layout) =>
        vector == LossScale ? LossScaling.Size : layout.Size;

    /// <summary>Writes what a vector holds before the first step.</summary>
    internal void Start(string vector, OnnxModel model, Span<float> memory)
    {
        if (vector is Parameters or Average)
            Layout.Gather(model, memory);
        else if (vector == LossScale)
            Scaling!.Start.CopyTo(memory);
        else
            memory.Clear();
    }

    // Each parameter is a piece of the vector under its own name, where the reader of the model finds it.
    internal static void Unpack(Graph graph, ParameterLayout layout)
    {
        var pieces = Op.Split(graph.Input(Parameters, layout.Size), 0,
            [.. layout.Entries.Select(entry => entry.Shape.Size)]);
        foreach (var (piece, entry) in pieces.Zip(layout.Entries))
        {
            var shape = graph.Constant(entry.Shape.ToArray());
            Op.Append(graph, "Reshape", [piece, shape], Attributes.None, "", [entry.Name], 1);
        }
    }
}
