using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Gives another number of classes to convolutions whose channels are a table (<see cref="MapColumns"/>), wherever the
/// classes stand in it. A depthwise convolution at the end mixes no channels: the layers before it are widened with it.
/// All else of the file stays, its tail included.
/// </summary>
public static class ColumnReplacement
{
    private static readonly HashSet<string> Elementwise =
        ["Relu", "LeakyRelu", "Clip", "Sigmoid", "HardSwish", "HardSigmoid", "Identity", "Elu", "Tanh", "Softplus",
            "QuantizeLinear", "DequantizeLinear"];

    /// <summary>A copy of the model with new weights for the classes; the other columns keep theirs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="maps">The maps with the classes, one a level.</param>
    /// <param name="classes">Classes that are wanted.</param>
    /// <param name="inputShapes">Shapes of the model's inputs.</param>
    /// <param name="options">How the new weights start.</param>
    /// <exception cref="ModelException">The layers do not fit, or the tail counts classes in a way that is not
    /// understood.</exception>
    public static OnnxModel Apply(OnnxModel model, IReadOnlyList<MapColumns> maps, int classes,
        IReadOnlyDictionary<string, TensorShape> inputShapes, HeadReplacementOptions options)
    {
        var (copy, producers) = (model.Clone(), model.Producers);
        var feeds = ExampleInputs.Zeros(model, inputShapes);
        var shapes = ShapeTrace.Of(model, model.OutputNames, inputShapes).Shapes
            .ToDictionary(pair => pair.Key, pair => pair.Value.Shape);
        foreach (var (name, map) in Subgraph.Run(model, feeds, [.. maps.Select(map => map.Map)]))
            shapes[name] = map.Shape;
        // A pair of QDQ is one value to a reader of shapes.
        foreach (var node in model.Proto.Graph.Node.Where(ValueGraph.IsRounding))
            if (shapes.TryGetValue(node.Input[0], out var shape))
                shapes.TryAdd(node.Output[0], shape);
        foreach (var group in maps.GroupBy(map => (map.Columns, map.First)))
        {
            var first = group.First();
            var weights = new NewWeights(copy, first.Columns, first.Resized(classes),
                options with { Kept = first.Kept(classes, options.Kept) });
            foreach (var map in group)
                Widen(copy, weights, producers[map.Map], map, (int)shapes[map.Map][1]);
        }
        copy.Proto.Graph.ValueInfo.Clear();
        // From IR 4 on a stored tensor need not be an input as well: the new shape constants are not.
        copy.Proto.IrVersion = Math.Max(4, copy.Proto.IrVersion);
        new ColumnTail(copy, shapes, classes).Resize(maps);
        ClassCounts.Replace(copy, maps[0].Map, maps[0].Classes, classes);
        HeadReplacement.CorrectOutputs(copy, feeds, maps[0].Map, classes);
        return copy;
    }

    private static void Widen(OnnxModel copy, NewWeights weights, NodeProto layer, MapColumns map, int channels)
    {
        if (channels % map.Columns != 0)
            throw new ModelException($"{copy.Path}: '{map.Map}' has {channels} channels, expected a multiple of "
                + $"{map.Columns}, the columns of an anchor, {map.Classes} of them classes.");
        int[] columnOf = [.. Enumerable.Range(0, channels).Select(channel => channel % map.Columns)];
        var nodes = copy.Producers;
        for (var node = nodes[layer.Output[0]]; ; node = Before(copy, nodes, node))
        {
            var branch = new ClassBranch(node, channels, columnOf);
            if (node.OpType == "BatchNormalization")
                weights.WriteVectors(branch);
            else if (node.OpType == "Conv" && IsDepthwise(copy, nodes, node, channels))
                weights.WriteDepthwise(branch);
            // The sum of two layers, such as those of a coarse and of a fine map.
            else if (node.OpType == "Add" && new ValueGraph(copy) is var graph && !node.Input.Any(graph.IsStored)
                && node.Input.All(nodes.ContainsKey))
            {
                foreach (var input in node.Input)
                    Widen(copy, weights, nodes[input], map, channels);
                return;
            }
            else if (!Elementwise.Contains(node.OpType))
            {
                weights.Write(branch);
                return;
            }
        }
    }

    private static NodeProto Before(OnnxModel model, IReadOnlyDictionary<string, NodeProto> nodes, NodeProto node) =>
        nodes.GetValueOrDefault(node.Input[0]) ?? throw new ModelException(
            $"{model.Path}: no layer lies before '{node.Output[0]}' that could be given other channels.");

    // One filter a channel. Of a single channel only what stands before tells: another layer that ends in one channel.
    private static bool IsDepthwise(
        OnnxModel model, IReadOnlyDictionary<string, NodeProto> nodes, NodeProto conv, int channels)
    {
        var group = conv.Attribute.FirstOrDefault(attribute => attribute.Name == "group")?.I ?? 1;
        var weight = model.Initializers.GetValueOrDefault(conv.Input[1])?.Dims;
        return weight is [_, 1, ..] && group == channels
            && (channels > 1 || nodes.GetValueOrDefault(conv.Input[0])?.OpType == "Conv");
    }
}
