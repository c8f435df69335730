using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Weights that an exporter stored once because they were equal: PyTorch writes the others as Identity of the first.
/// Trained, they must be free to differ. Paddle writes some as Constant nodes; they are stored like the others.
/// </summary>
public static class TiedWeights
{
    /// <summary>A copy of the model in which each Identity of a stored float tensor is a tensor of its own, and each
    /// weight of a Constant node a stored one.</summary>
    public static OnnxModel Untie(OnnxModel model)
    {
        var copy = model.Clone();
        Store(copy.Proto.Graph);
        var (graph, stored) = (copy.Proto.Graph, copy.Initializers.ToDictionary());
        var outputs = graph.Output.Select(output => output.Name).ToHashSet();
        var ties = graph.Node.Where(node => node.OpType == "Identity" && !outputs.Contains(node.Output[0]));
        foreach (var node in ties.ToList())
            if (stored.TryGetValue(node.Input[0], out var tensor) && tensor.DataType == (int)ElementType.Float32)
            {
                var own = tensor.Clone();
                own.Name = node.Output[0];
                stored[own.Name] = own;
                graph.Initializer.Add(own);
                graph.Node.Remove(node);
                // From IR 4 on a stored tensor need not be an input as well.
                copy.Proto.IrVersion = Math.Max(4, copy.Proto.IrVersion);
            }
        return copy;
    }

    private static void Store(GraphProto graph)
    {
        var weights = graph.Node.Where(node => ValueGraph.IsLayer(node) || node.OpType == "BatchNormalization")
            .SelectMany(node => node.Input.Skip(1)).ToHashSet();
        weights.ExceptWith(graph.Output.Select(output => output.Name));
        foreach (var node in graph.Node.Where(node => node.OpType == "Constant" && weights.Contains(node.Output[0])).ToList())
            if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T is
                { DataType: (int)ElementType.Float32 } value)
            {
                var own = value.Clone();
                own.Name = node.Output[0];
                graph.Initializer.Add(own);
                graph.Node.Remove(node);
            }
    }
}
