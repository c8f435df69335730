using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// A layer that predicts a box for each class, four channels for each channel of the class layer that has the same
/// input: so are the heads of Fast R-CNN and of those after it. Girshick 2015, https://arxiv.org/abs/1504.08083
/// </summary>
/// <param name="Layer">The node.</param>
/// <param name="Classes">The class layer beside it.</param>
/// <param name="ClassLabels">A tensor like its output whose every entry is the class of its channel.</param>
internal sealed record BoxBranch(NodeProto Layer, ClassBranch Classes, Tensor ClassLabels)
{
    /// <summary>
    /// All such layers of a head. Boxes that the classes share are none, and neither are those on maps, which belong to
    /// anchors, nor layers that other layers or a softmax follow.
    /// </summary>
    public static IReadOnlyList<BoxBranch> Of(OnnxModel model, ClassHead head)
    {
        // Of a single class, boxes for each class and shared ones are the same layer.
        if (head.Classes == 1)
            return [];
        var graph = new ValueGraph(model);
        return [.. head.Branches.SelectMany(branch => Beside(graph, head, branch))];
    }

    private static IEnumerable<BoxBranch> Beside(ValueGraph graph, ClassHead head, ClassBranch branch)
    {
        var mine = LayerWeight.Multiplication(graph, branch.Layer);
        var classes = head.ClassLabels[branch.Layer.Output[0]];
        if (mine.OpType is "Conv" or "ConvTranspose" && classes.Shape.SizeOf(2..) > 1)
            yield break;
        var input = ValueGraph.BeforeRounding(graph.Producers, mine.Input[0]);
        foreach (var node in graph.Model.Proto.Graph.Node.Where(node => node != mine && node.OpType == mine.OpType
            && ValueGraph.BeforeRounding(graph.Producers, node.Input[0]) == input))
        {
            var layer = WithBias(graph, node);
            var weight = new StoredWeights(graph.Model).Behind(node.Input[1]);
            if (weight is not null && Channels(graph.Model, layer) == 4 * branch.Channels && IsLast(graph, layer))
            {
                DemandOrder(head, graph, layer);
                yield return new(layer, branch, Labels(classes, branch));
            }
        }
    }

    private static NodeProto WithBias(ValueGraph graph, NodeProto node) => node.OpType != "MatMul" ? node
        : Readers(graph, node.Output[0]).FirstOrDefault(reader =>
            reader.OpType == "Add" && reader.Input.Count(graph.IsStored) == 1) ?? node;

    private static IEnumerable<NodeProto> Readers(ValueGraph graph, string value) => graph.Readers(value)
        .SelectMany(node => ValueGraph.IsRounding(node) ? Readers(graph, node.Output[0]) : [node]);

    private static long Channels(OnnxModel model, NodeProto layer)
    {
        var weight = LayerWeight.Of(model, layer).First(weight => !weight.IsBias);
        return model.Initializers[weight.Name].Dims[weight.Axis];
    }

    // The four numbers of a class lie together. In [.., 4, classes] those of a coordinate do.
    private static void DemandOrder(ClassHead head, ValueGraph graph, NodeProto layer)
    {
        foreach (var reshape in Readers(graph, layer.Output[0]).Where(reader => reader.OpType == "Reshape"))
            if (graph.Constant(reshape.Input[1])?.ToInt64() is [.., 4, var last] && last == head.Classes && last != 4)
                throw new ModelException($"{graph.Model.Path}: the boxes of '{layer.Output[0]}' are laid out as "
                    + $"[.., 4, {last}], coordinate by coordinate; a new class count needs them class by class, "
                    + $"[.., {last}, 4].");
    }

    // What is chosen of the boxes may be looked at again, by a mask head: RoiAlign is where that begins, and which map is
    // looked at follows from the boxes, too.
    private static bool IsLast(ValueGraph graph, NodeProto layer)
    {
        var (seen, open) = (new HashSet<string>(), new Queue<string>(layer.Output));
        while (open.TryDequeue(out var value))
            foreach (var node in graph.Readers(value).Where(node =>
                node.OpType != "RoiAlign" && ValueGraph.DataInputs(node).Contains(value)))
                if (ValueGraph.IsLayer(node) || node.OpType == "Softmax")
                    return false;
                else
                    foreach (var output in node.Output.Where(seen.Add))
                        open.Enqueue(output);
        return true;
    }

    private static Tensor Labels(Tensor classes, ClassBranch branch)
    {
        var axis = branch.Layer.OpType is "Conv" or "ConvTranspose" ? 1 : classes.Shape.Rank - 1;
        var (channels, places) = (4 * branch.Channels, classes.Shape.SizeOf(..axis));
        var values = new float[places * channels];
        for (var i = 0; i < values.Length; i++)
            values[i] = branch.ClassOf[i % channels / 4];
        return Tensor.Of<float>(classes.Shape.With(axis, channels), values);
    }
}
