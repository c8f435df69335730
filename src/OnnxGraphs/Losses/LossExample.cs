using OnnxGraphs.Graphs;

namespace OnnxGraphs.Losses;

/// <summary>A loss with inputs on which it can be built, exported and checked.</summary>
/// <param name="Loss">The loss; any record of this folder, or one of your own.</param>
/// <param name="Inputs">Predictions and targets.</param>
/// <param name="Build">The loss of the inputs, in their order: a scalar.</param>
public sealed record LossExample(object Loss, IReadOnlyList<ExampleInput> Inputs, Func<IReadOnlyList<Var>, Var> Build)
{
    /// <summary>The loss's name.</summary>
    public string Name => Loss.GetType().Name;

    /// <summary>A loss of one prediction and one target.</summary>
    public static LossExample Of(Loss loss, Tensor prediction, Tensor target) => new(loss,
        [new("prediction", prediction, true), new("target", target, false)], x => loss.Of(x[0], x[1]));

    /// <summary>The graph with its inputs, and the loss of them.</summary>
    /// <param name="batch">Images; null: as many as the example has.</param>
    public (Graph Graph, IReadOnlyList<Var> Inputs, Var Loss) Construct(int? batch = null)
    {
        var graph = new Graph();
        Var[] inputs = [.. Inputs.Select(input => graph.Input(input.Name, input.Value.Type,
            batch is { } images && input.HasBatch ? input.Value.Shape.With(0, images) : input.Value.Shape))];
        return (graph, inputs, Build(inputs));
    }
}
