using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Training;

/// <summary>
/// A training step cut behind its predictions, for targets that depend on them (SimOTA, Hungarian matching): the first
/// half computes the predictions, the caller matches, the second half does loss, gradients and update. What the second
/// half needs of the first is kept in the device's memory, so that no pass is run twice.
/// </summary>
/// <param name="Forward">From data and parameters to predictions and kept values.</param>
/// <param name="Rest">From data, kept values and state to all that the whole step gives, without predictions.</param>
/// <param name="Predictions">What the caller looks at.</param>
/// <param name="Kept">What the second half reads of the first.</param>
public sealed record StepHalves(
    OnnxModel Forward, OnnxModel Rest, IReadOnlyList<Var> Predictions, IReadOnlyList<Var> Kept)
{
    /// <summary>Cuts a step.</summary>
    /// <param name="step">The whole step, predictions among its outputs.</param>
    /// <param name="graph">The graph that it was written from: it knows the shapes.</param>
    /// <param name="predictions">The outputs that are predictions.</param>
    internal static StepHalves Of(OnnxModel step, Graph graph, IReadOnlyList<Var> predictions)
    {
        var (nodes, names) = (step.Proto.Graph.Node, predictions.Select(value => value.Name).ToHashSet());
        var forward = GraphReader.Needed(step, [.. names]).ToHashSet();
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
            .Where(activations.Contains).Distinct().Select(name => graph.Find(name)!).ToList();
        var outputs = step.OutputNames.Where(name => !names.Contains(name)).ToList();
        return new(
            Subgraph.Extract(step, [.. names, .. kept.Select(value => value.Name)]),
            Subgraph.Extract(step, outputs, kept.ToDictionary(
                value => value.Name, value => new TypedShape(value.Type, value.Shape))),
            predictions, kept);
    }
}
