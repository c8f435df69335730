using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

namespace OnnxGraphs.Training;

/// <summary>
/// A step in parts as sessions: what a part counts for the losses; its loss and gradient, once the counts of all parts are
/// known; the update, once the gradient of all parts is.
/// </summary>
internal sealed class PartSessions : IDisposable
{
    /// <summary>Opens the sessions of a step that was built with <see cref="TrainingGraphOptions.Parts"/>.</summary>
    public PartSessions(TrainingGraph graph, Device device)
    {
        var source = graph.Source!;
        Var Value(string name) => source.Find(name)!;
        var (counts, gradient) = (graph.Sums.SkipLast(1).ToList(), graph.Sums[^1]);
        (Var Old, Var New)[] vectors =
            [.. graph.Vectors.Select(name => (Value(name), Value(TrainingGraph.Next(name))))];
        Counting = counts.Count == 0 ? null : new(GraphSession.Open([.. counts.Select(sum => sum.Part)], null, device));
        var kept = graph.Halves?.Kept ?? [];
        Backward = new(GraphSession.Open([.. Losses(graph).Select(Value), gradient.Part],
            kept.Count == 0 ? null : Inputs([.. Losses(graph).Select(Value), gradient.Part], kept),
            [Value(TrainingGraph.Parameters)], device));
        Update = new(GraphSession.Open([.. vectors.Select(vector => vector.New)],
            [gradient.Total, Value(TrainingGraph.LearningRate), Value(TrainingGraph.StepNumber),
                .. vectors.Select(vector => vector.Old)], device, null, vectors));
    }

    /// <summary>From targets (and, for losses of regions, the forward pass) to what is counted; null where no loss
    /// counts.</summary>
    public PartSession? Counting { get; }

    /// <summary>From data and counts to loss and gradient.</summary>
    public PartSession Backward { get; }

    /// <summary>From the gradient to the next vectors.</summary>
    public PartSession Update { get; }

    /// <summary>Names of the loss and its terms.</summary>
    public static IReadOnlyList<string> Losses(TrainingGraph graph) => [TrainingGraph.Loss, .. graph.Terms];

    /// <inheritdoc/>
    public void Dispose()
    {
        Counting?.Dispose();
        Backward.Dispose();
        Update.Dispose();
    }

    // What values need where some of what they need is given.
    private static IReadOnlyList<Var> Inputs(IReadOnlyList<Var> outputs, IReadOnlyList<Var> given) =>
        [.. new Models.StepList(outputs, _ => null, given).Leaves.Where(value => value.Known is null)];
}
