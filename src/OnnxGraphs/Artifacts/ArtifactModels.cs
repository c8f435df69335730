using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Precision;
using OnnxGraphs.Training;

namespace OnnxGraphs.Artifacts;

/// <summary>
/// The training and the evaluation model. The runtime tells the inputs of a training model apart by their names:
/// weights are those that the checkpoint lists, a buffer belongs to the weight that it is named after, and what is left
/// is fed by the application.
/// </summary>
/// <param name="Training">Forward, loss, gradients; adds each gradient to its buffer, or sets it after a reset.</param>
/// <param name="Evaluation">Forward and loss, then the values that the model was cut at, then predictions.</param>
/// <param name="Data">Inputs that the application feeds.</param>
/// <param name="Outputs">Outputs that both have: the loss and its terms.</param>
/// <param name="Predictions">The predictions among the outputs of the evaluation model.</param>
/// <param name="Layout">The trained weights in the order in which both models take them.</param>
internal sealed record ArtifactModels(OnnxModel Training, OnnxModel Evaluation, IReadOnlyList<Var> Data,
    IReadOnlyList<string> Outputs, IReadOnlyList<string> Predictions, ParameterLayout Layout)
{
    private const string Reset = "lazy_reset_grad", Gradient = "_grad", Buffer = "_grad.accumulation.buffer",
        Sum = "_grad.accumulation.out";

    /// <exception cref="ModelException">The model cannot be trained, or not by the training runtime.</exception>
    public static ArtifactModels Build(
        OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, TrainingArtifactsOptions options)
    {
        CheckOpset(model);
        if (options.Graph.Precision != StepPrecision.Float32)
            throw new ArgumentException($"{nameof(TrainingGraphOptions)}.{nameof(TrainingGraphOptions.Precision)} is "
                + $"{options.Graph.Precision}; the artifacts of the training runtime are {StepPrecision.Float32} only.");
        var objective = Objective.Build(model, heads, loss, options.Graph, (graph, layout) =>
        {
            foreach (var entry in layout.Entries)
                graph.Input(entry.Name, ElementType.Float32, entry.Shape);
        });
        var (graph, weights) = (objective.Graph, objective.Weights);
        var data = graph.Inputs.Except(weights).ToList();
        objective.OutputLoss();
        var outputs = graph.Outputs.Except(objective.Predictions).ToList();
        CheckNames(model, data, outputs);
        var evaluated = objective.Heads.Zip(heads, (value, name) => value.Name == name ? value
            : Op.Identity(value, name)).ToList();
        var evaluation = GraphWriter.Write([.. outputs, .. evaluated, .. objective.Predictions], [.. data, .. weights]);
        var training = Accumulate(
            objective, objective.Gradients(TrainingKernels.Rules(options.Kernels)).OfWeights, data, outputs);
        return new(training, evaluation, data, [.. outputs.Select(output => output.Name)],
            [.. objective.Predictions.Select(prediction => prediction.Name)], objective.Layout);
    }

    private static OnnxModel Accumulate(
        Objective objective, IReadOnlyList<Var> gradients, List<Var> data, List<Var> outputs)
    {
        var (graph, weights) = (objective.Graph, objective.Weights);
        var flag = new TypedShape(ElementType.Bool, new(1));
        var buffers = weights.Select(weight => graph.Input(weight.Name + Buffer, weight.Type, weight.Shape)).ToList();
        var reset = graph.Input(Reset, flag.Element, flag.Shape);
        var sums = buffers.Zip(gradients, weights).Select(each => TrainingKernels.Apply("InPlaceAccumulatorV2",
            [each.First, each.Second, reset], Attributes.None, [flag], [each.Third.Name + Sum])[0]);
        var model = GraphWriter.Write([.. outputs, .. sums], [.. data, .. weights, .. buffers, reset]);
        foreach (var node in model.Proto.Graph.Node.Where(node => node.OpType == TrainingKernels.MaxPoolGrad))
            model.Proto.Graph.ValueInfo.Add(GraphWriter.Info(graph.Find(node.Output[0])!));
        return model;
    }

    // Models are written in the working opset, which the runtime knows; this is about one that cannot be brought there.
    private static void CheckOpset(OnnxModel model)
    {
        if (model.Opset is < 7 or > OnnxModel.WorkingOpset)
            throw new ModelException($"{model.Path}: opset {model.Opset} cannot be lowered to "
                + $"{OnnxModel.WorkingOpset}, the latest that the training runtime 1.19.2 knows; export the model "
                + "with opset 17, say.");
    }

    private static void CheckNames(OnnxModel model, IEnumerable<Var> data, IEnumerable<Var> outputs)
    {
        var taken = data.Concat(outputs).FirstOrDefault(value => value.Name == Reset
            || new[] { Gradient, Buffer, Sum }.Any(ending => value.Name.EndsWith(ending, StringComparison.Ordinal)));
        if (taken is not null)
            throw new ModelException($"{model.Path}: the training runtime takes '{taken.Name}' for a gradient, by its "
                + "name; give the input or loss term another one.");
    }
}
