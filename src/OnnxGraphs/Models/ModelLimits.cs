namespace OnnxGraphs.Models;

/// <summary>
/// How much a file may make the reader do. The defaults are far above any detector that is known; they end files that
/// were made to fill a machine's memory.
/// </summary>
public sealed record ModelLimits
{
    /// <summary>Nodes, those inside branches, loops and functions counted.</summary>
    public int Nodes { get; init; } = 200_000;

    /// <summary>Stored tensors.</summary>
    public int Tensors { get; init; } = 200_000;

    /// <summary>Functions that the file defines.</summary>
    public int Functions { get; init; } = 10_000;

    /// <summary>Bytes of all tensors that lie in files beside the model.</summary>
    public long ExternalBytes { get; init; } = 64L << 30;

    /// <summary>Whether tensors may lie in files beside the model at all; never outside its folder.</summary>
    public bool AllowExternalData { get; init; } = true;

    /// <exception cref="ModelException">The file is beyond a limit.</exception>
    internal void Check(OnnxModel model)
    {
        var proto = model.Proto;
        Demand(model, nameof(Functions), proto.Functions.Count, Functions);
        var nodes = proto.Graph.Node.Concat(proto.Functions.SelectMany(function => function.Node)).SelectMany(Subgraphs.WithBodies);
        Demand(model, nameof(Nodes), nodes.Take(Nodes + 1).Count(), Nodes);
        Demand(model, nameof(Tensors), Subgraphs.Tensors(proto.Graph).Take(Tensors + 1).Count(), Tensors);
    }

    private static void Demand(OnnxModel model, string limit, int found, int most)
    {
        if (found > most)
            throw new ModelException($"{model.Path}: more than {most} {limit.ToLowerInvariant()}; refused. Where you "
                + $"trust the file, load it with a larger {nameof(ModelLimits)}.{limit}.");
    }
}
