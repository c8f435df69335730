using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Frees a batch size of 1 that an exporter wrote into target shapes: Reshape to [1, ...] of a value [1, ...] becomes
/// one to [0, ...], which copies the first dimension.
/// </summary>
public static class BatchAxis
{
    /// <summary>The model with open batch size; the model itself where nothing is to be done.</summary>
    /// <param name="model">A model whose input's first axis counts images.</param>
    /// <param name="input">Name of that input.</param>
    /// <param name="values">Names of the values that are wanted of it.</param>
    public static OnnxModel Open(OnnxModel model, string input, IReadOnlyList<string> values)
    {
        var graph = new ValueGraph(model);
        var (reached, fixedOnes) = (new HashSet<string> { input }, new List<NodeProto>());
        foreach (var node in GraphReader.Needed(model, values))
            if (ValueGraph.DataInputs(node).Any(reached.Contains))
            {
                reached.UnionWith(node.Output);
                if (node.OpType == "Reshape" && graph.Constant(node.Input[1]) is { Shape.Size: > 1 } target
                    && target.ToInt64()[0] == 1)
                    fixedOnes.Add(node);
            }
        return fixedOnes.Count == 0 ? model : WithCopiedAxis(model, graph, fixedOnes);
    }

    private static OnnxModel WithCopiedAxis(OnnxModel model, ValueGraph graph, List<NodeProto> reshapes)
    {
        var shapes = ShapeTrace.Of(model, [.. reshapes.Select(node => node.Input[0])], null).Shapes;
        var copy = model.Clone();
        var nodes = copy.Producers;
        foreach (var reshape in reshapes)
            if (shapes.GetValueOrDefault(reshape.Input[0])?.Shape is { Rank: > 0 } shape && shape[0] == 1)
            {
                var target = graph.Constant(reshape.Input[1])!.ToInt64();
                target[0] = 0;
                var name = reshape.Output[0] + "/open_batch";
                copy.Proto.Graph.Initializer.Add(Tensor.Vector<long>(target).ToProto(name));
                nodes[reshape.Output[0]].Input[1] = name;
                // From IR 4 on a stored tensor need not be an input as well.
                copy.Proto.IrVersion = Math.Max(4, copy.Proto.IrVersion);
            }
        return copy;
    }
}
