using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// The class axis in a head of one class. Labels that are all equal show no axis, so it is followed from the raw
/// value's last axis back to the layers.
/// </summary>
internal static class LoneClass
{
    /// <summary>The Reshape nodes of the head, each with the axis of its output that holds the class.</summary>
    public static IEnumerable<(NodeProto Reshape, int Axis)> Axes(OnnxModel model, ClassHead head, string raw)
    {
        var (producers, layers) = (model.Producers,
            head.Branches.Select(branch => branch.Layer).ToHashSet(ReferenceEqualityComparer.Instance));
        var open = new Queue<(string Value, int Axis)>(
            [(raw, head.Push(model, [raw])[raw].Shape.Rank - 1)]);
        while (open.TryDequeue(out var at))
        {
            if (!producers.TryGetValue(at.Value, out var node) || layers.Contains(node))
                continue;
            if (node.OpType == "Reshape")
            {
                yield return (node, at.Axis);
                var values = head.Push(model, [node.Input[0], node.Output[0]]);
                var (before, after) = (values[node.Input[0]].Shape, values[node.Output[0]].Shape);
                open.Enqueue((node.Input[0], Before(before, after, at.Axis)));
            }
            else if (node.OpType == "Transpose")
                open.Enqueue((node.Input[0], (int)(node.Attribute.FirstOrDefault(a => a.Name == "perm")?.Ints[at.Axis]
                    ?? head.Push(model, [node.Output[0]])[node.Output[0]].Shape.Rank - 1 - at.Axis)));
            else if (node.OpType is "Concat" or "Identity" || ValueGraph.IsRounding(node))
                foreach (var input in ValueGraph.DataInputs(node))
                    open.Enqueue((input, at.Axis));
        }
    }

    // The last axis of the input whose elements lie as far apart as those of the output's axis, or that runs over it.
    private static int Before(TensorShape input, TensorShape output, int axis)
    {
        static long Stride(TensorShape shape, int axis) => shape.SizeOf((axis + 1)..);
        var stride = Stride(output, axis);
        for (var i = input.Rank - 1; i > 0; i--)
            if (Stride(input, i) <= stride && (stride < Stride(input, i) * input[i] || stride == Stride(input, i)))
                return i;
        return 0;
    }
}
