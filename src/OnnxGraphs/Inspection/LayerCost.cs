using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Inspection;

/// <summary>Counts multiplications and bytes out of shapes.</summary>
internal static class LayerCost
{
    /// <summary>
    /// Multiplications of a layer: each output number of a convolution takes (input channels / groups) * kernel of
    /// them.
    /// </summary>
    public static long MultiplyAdds(ValueGraph graph, NodeProto node, IReadOnlyDictionary<string, TypedShape> shapes)
    {
        if (!ValueGraph.IsLayer(node) || !shapes.TryGetValue(node.Output[0], out var y)
            || Shape(graph, node.Input[0], shapes) is not { } x || Shape(graph, node.Input[1], shapes) is not { } w)
            return 0;
        return node.OpType switch
        {
            "Conv" => y.Shape.Size * w.SizeOf(1..),
            "ConvTranspose" => x.Size * w.SizeOf(1..),
            "Gemm" => y.Shape.Size * (w.Size / Math.Max(1, y.Shape[-1])),
            _ => y.Shape.Size * x[-1],
        };
    }

    // Between the layers of a QDQ file stand pairs, and its weights are stored in whole numbers.
    private static TensorShape? Shape(ValueGraph graph, string value, IReadOnlyDictionary<string, TypedShape> shapes)
    {
        value = ValueGraph.BeforeRounding(graph.Producers, value);
        return shapes.GetValueOrDefault(value)?.Shape
            ?? (graph.Model.Initializers.GetValueOrDefault(value) is { } stored ? new([.. stored.Dims]) : null);
    }

    /// <summary>The cost of a step that trains the weights.</summary>
    public static StepCost Step(ValueGraph graph, IReadOnlyList<string> values,
        IReadOnlyDictionary<string, TypedShape> shapes, IReadOnlyList<WeightPlace> weights)
    {
        var nodes = GraphReader.Needed(graph.Model, values);
        var reached = graph.Model.Inputs.Select(input => input.Name).ToHashSet();
        long work = 0, bytes = 0;
        foreach (var node in nodes.Where(node => ValueGraph.DataInputs(node).Any(reached.Contains)))
        {
            reached.UnionWith(node.Output);
            work += MultiplyAdds(graph, node, shapes);
            bytes += node.Output.Select(shapes.GetValueOrDefault).OfType<TypedShape>()
                .Sum(value => value.Shape.Size * value.Element.Size());
        }
        var stored = nodes.SelectMany(node => node.Input).ToHashSet();
        return new(work, bytes, weights.Sum(weight => weight.Elements), graph.Model.Proto.Graph.Initializer
            .Where(tensor => stored.Contains(tensor.Name)).Sum(tensor => (long)tensor.CalculateSize()));
    }
}
