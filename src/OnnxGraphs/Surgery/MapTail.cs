using System.Numerics;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// The operators behind a head's maps that spell the number of columns out: target shapes of Reshape, sizes of Split,
/// ends of Slice. They are put right in the order of computation, so that the input of each has its new shape already.
/// </summary>
/// <param name="old">The model as it was.</param>
/// <param name="changed">The model with new weights.</param>
/// <param name="feeds">Example inputs.</param>
/// <param name="labels">For each map of the old model a tensor whose every entry is the column of its channel.</param>
internal sealed class MapTail(
    OnnxModel old, OnnxModel changed, IReadOnlyDictionary<string, Tensor> feeds,
    IReadOnlyDictionary<string, Tensor> labels)
{
    private readonly Dictionary<string, Tensor> _labelled = feeds.Concat(labels).ToDictionary();
    private readonly Dictionary<string, Tensor> _doubled =
        feeds.Concat(labels.ToDictionary(pair => pair.Key, pair => Doubled(pair.Value))).ToDictionary();

    public void Rescale()
    {
        var reached = labels.Keys.ToHashSet();
        foreach (var node in changed.Proto.Graph.Node.Where(node => !node.Output.Any(labels.ContainsKey)).ToList())
        {
            if (node.Input.Count == 0 || !node.Input.Any(reached.Contains))
                continue;
            reached.UnionWith(node.Output);
            if (node.OpType is "Reshape" or "Split" or "Slice" && reached.Contains(node.Input[0]))
                Rescale(node);
        }
    }

    private void Rescale(NodeProto node)
    {
        var (input, output) = (node.Input[0], node.Output[0]);
        var was = LabelRun.Push(old, _labelled, [input, output]);
        var (before, now) = (was[input].Shape, Subgraph.Run(changed, feeds, [input])[input].Shape);
        if (before == now)
            return;
        if (node.OpType == "Reshape" && ShapeConstants.ClassAxis(WithoutOthers(was[output], output)) is { } axis)
        {
            var common = (long)BigInteger.GreatestCommonDivisor(before.Size, now.Size);
            ShapeConstants.RescaleEntry(
                changed, node, axis, (int)(before.Size / common), (int)(now.Size / common));
        }
        else if (node.OpType == "Split")
            Widen(node, before, now);
        else if (node.OpType == "Slice")
            MoveEnd(node, before, now);
    }

    // What changes with the labels: other values that the head joins with the classes cancel out.
    private Tensor WithoutOthers(Tensor labelled, string value)
    {
        var (a, b) = (labelled.Values<float>().ToArray(),
            LabelRun.Push(old, _doubled, [value])[value].Values<float>().ToArray());
        return Tensor.Of<float>(labelled.Shape, [.. b.Zip(a, (x, y) => x - y)]);
    }

    private static Tensor Doubled(Tensor labels) =>
        Tensor.Of<float>(labels.Shape, [.. labels.Values<float>().ToArray().Select(label => 2 * label)]);

    // Classes are the last columns: the last piece of a split has them.
    private void Widen(NodeProto split, TensorShape before, TensorShape now)
    {
        var axis = before.Axis((int)(split.Attribute.FirstOrDefault(a => a.Name == "axis")?.I ?? 0));
        var more = now[axis] - before[axis];
        if (split.Attribute.FirstOrDefault(a => a.Name == "split") is { } sizes)
            sizes.Ints[^1] += more;
        else if (split.Input.Count > 1 && ShapeConstants.Constant(changed, split.Input[1])?.ToInt64() is { } stored)
        {
            stored[^1] += more;
            split.Input[1] = ShapeConstants.Store(changed.Proto.Graph, split.Input[1], stored);
        }
    }

    // An end at the last column moves with it.
    private void MoveEnd(NodeProto slice, TensorShape before, TensorShape now)
    {
        if (slice.Input.Count < 3 || ShapeConstants.Constant(changed, slice.Input[2])?.ToInt64() is not { } ends)
            return;
        var axes = slice.Input.Count > 3 && slice.Input[3].Length > 0
            ? ShapeConstants.Constant(changed, slice.Input[3])?.ToInt64()
            : [.. Enumerable.Range(0, ends.Length).Select(i => (long)i)];
        for (var i = 0; i < ends.Length; i++)
            if (axes is not null && before.Axis((int)axes[i]) is var axis && ends[i] == before[axis])
                ends[i] = now[axis];
        slice.Input[2] = ShapeConstants.Store(changed.Proto.Graph, slice.Input[2], ends);
    }
}
