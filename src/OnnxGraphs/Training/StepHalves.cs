using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Training;

/// <summary>
/// A training step cut behind its predictions, for targets that depend on them (SimOTA, Hungarian matching): the first
/// half computes the predictions, the caller matches, the second half does loss, gradients and update. What the second
/// half needs of the first is kept in the device's memory, so that no pass is run twice.
/// </summary>
/// <param name="Predictions">What the caller looks at.</param>
/// <param name="Kept">What the second half reads of the first.</param>
/// <param name="Inputs">Inputs of the whole step.</param>
/// <param name="Outputs">Outputs of the whole step, without predictions.</param>
public sealed record StepHalves(
    IReadOnlyList<Var> Predictions, IReadOnlyList<Var> Kept, IReadOnlyList<Var> Inputs, IReadOnlyList<Var> Outputs)
{
    /// <summary>The first half: from data and parameters to predictions and kept values.</summary>
    public OnnxModel Forward => GraphWriter.Write(ForwardOutputs);

    /// <summary>The second half: from data, kept values and state to all that the whole step gives.</summary>
    public OnnxModel Rest => GraphWriter.Write(Outputs, RestInputs);

    internal IReadOnlyList<Var> ForwardOutputs => [.. Predictions, .. Kept];

    internal IReadOnlyList<Var> RestInputs => [.. Inputs, .. Kept];

    /// <summary>Cuts a step.</summary>
    /// <param name="step">The whole step, predictions among its outputs.</param>
    /// <param name="graph">The graph that it was written from.</param>
    /// <param name="predictions">The outputs that are predictions.</param>
    internal static StepHalves Of(OnnxModel step, Graph graph, IReadOnlyList<Var> predictions)
    {
        var nodes = step.Proto.Graph.Node;
        var forward = GraphReader.Needed(step, [.. predictions.Select(value => value.Name)]).ToHashSet();
        var changing = graph.Inputs.Select(input => input.Name).Where(name => name != TrainingGraph.Parameters)
            .ToHashSet();
        // What the parameters alone decide (their pieces, folded normalisation) is computed again: it costs little.
        var activations = new HashSet<string>();
        foreach (var node in nodes.Where(node => forward.Contains(node) && node.Input.Any(changing.Contains)))
        {
            changing.UnionWith(node.Output);
            activations.UnionWith(node.Output);
        }
        var kept = nodes.Where(node => !forward.Contains(node)).SelectMany(node => node.Input)
            .Where(activations.Contains).Distinct().Select(name => graph.Find(name)!);
        return new(predictions, [.. kept], graph.Inputs, [.. graph.Outputs.Except(predictions)]);
    }
}
