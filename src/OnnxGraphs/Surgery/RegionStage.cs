using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// The second stage of a detector that looks at regions of its maps, found by structure: RoiAlign takes features of
/// each
/// region from the maps, and layers make class logits and box deltas of them. Ren et al. 2015,
/// https://arxiv.org/abs/1506.01497.
/// </summary>
/// <param name="Pools">Where features come from, in the order of the file.</param>
/// <param name="Regions">Name of the regions [R, 4], corners in pixels of the network's picture.</param>
/// <param name="Features">Name of the features of all regions [R, C, rows, columns], in the order of the
/// regions.</param>
/// <param name="ClassLogits">Name of the class logits [R, classes], before their softmax.</param>
/// <param name="BoxDeltas">Name of the box deltas [R, columns].</param>
public sealed record RegionStage(
    IReadOnlyList<RegionPool> Pools, string Regions, string Features, string ClassLogits, string BoxDeltas)
{
    // What brings the features of several maps together, and moves them.
    private static readonly HashSet<string> Joins = ["Cast", "Identity", "ScatterElements", "ScatterND", "Concat", "Gather",
        "GatherND", "Where", "Reshape", "Squeeze", "Unsqueeze"];

    /// <summary>Finds it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="feeds">A picture, of which the model finds some regions.</param>
    /// <returns>Null where the model looks at no regions.</returns>
    /// <exception cref="ModelException">It does, but not as expected; the message says what is missing.</exception>
    public static RegionStage? Find(OnnxModel model, IReadOnlyDictionary<string, Tensor> feeds)
    {
        var graph = new ValueGraph(model);
        var pools = FirstPools(model);
        if (pools.Count == 0)
            return null;
        var joined = Forward(graph, pools.SelectMany(pool => pool.Output), node => Joins.Contains(node.OpType));
        var behind = Forward(graph, joined, node => node.OpType is not ("RoiAlign" or "Shape" or "Size"));
        var before = pools.Select(pool => Chain(graph, pool.Input[1])).ToList();
        var common = before[0].Where(value => before.All(chain => chain.Contains(value))).ToList();
        var run = Subgraph.Run(model, feeds, [.. joined.Concat(behind).Concat(common).Distinct()
            .Where(value => !graph.IsConstant(value))]);
        var regions = common.LastOrDefault(value => run[value] is { Type: ElementType.Float32, Shape: { Rank: 2 } shape }
            && shape[1] == 4) ?? throw Missing(model, "one list of regions [R, 4] before its RoiAlign operators");
        var count = run[regions].Shape[0];
        var size = run[pools[0].Output[0]].Shape;
        var features = joined.LastOrDefault(value => run[value].Shape is { Rank: 4 } shape && shape[0] == count
            && shape.Skip(1).SequenceEqual(size.Skip(1))) ?? throw Missing(model,
            $"one value with the features of all regions [{count}, {string.Join(", ", size.Skip(1))}]");
        var (logits, deltas) = Predictions(model, graph, features, count, run);
        return new([.. pools.Select(pool => new RegionPool(pool.Output[0], pool.Input[0]))], regions, features, logits, deltas);
    }

    // A mask or keypoint head looks at regions again, those of the boxes that were found: they depend on other
    // RoiAligns.
    private static List<NodeProto> FirstPools(OnnxModel model)
    {
        List<NodeProto> all = [.. model.Proto.Graph.Node.Where(node => node.OpType == "RoiAlign")];
        return [.. all.Where(pool => !GraphReader.Needed(model, [pool.Input[1]])
            .Any(node => node.OpType == "RoiAlign"))];
    }

    // All that is computed from values by operators of a kind, in order.
    private static List<string> Forward(ValueGraph graph, IEnumerable<string> start, Func<NodeProto, bool> passes)
    {
        var (reached, order) = (start.ToHashSet(), start.ToList());
        foreach (var node in graph.Model.Proto.Graph.Node)
            if (passes(node) && ValueGraph.DataInputs(node).Any(reached.Contains))
                order.AddRange(node.Output.Where(name => name.Length > 0 && reached.Add(name)));
        return order;
    }

    // What a RoiAlign's regions were chosen from, the nearest first.
    private static List<string> Chain(ValueGraph graph, string value)
    {
        var (chain, open, seen) = (new List<string>(), new Queue<string>([value]), new HashSet<string>());
        while (open.TryDequeue(out var name))
            if (seen.Add(name) && graph.Producers.TryGetValue(name, out var node))
            {
                chain.Add(name);
                if (node.OpType is "Gather" or "GatherND" or "Slice" or "Cast" or "Squeeze" or "Concat" or "Identity"
                    or "Reshape" && !IsSuppressed(graph, node))
                    foreach (var input in ValueGraph.DataInputs(node))
                        open.Enqueue(input);
            }
        return chain;
    }

    // The rows that a suppression keeps are the regions themselves: what lies before has more of them.
    private static bool IsSuppressed(ValueGraph graph, NodeProto node)
    {
        if (node.OpType is not ("Gather" or "GatherND"))
            return false;
        var (seen, open) = (new HashSet<string>(), new Stack<string>(node.Input.Skip(1)));
        while (open.TryPop(out var name))
            if (seen.Add(name) && graph.Producers.TryGetValue(name, out var before))
            {
                if (Subgraphs.WithBodies(before).Any(inner => inner.OpType is "NonMaxSuppression" or "TopK"))
                    return true;
                if (before.OpType is not ("NonZero" or "Equal"))
                    foreach (var input in ValueGraph.Reads(before))
                        open.Push(input);
            }
        return false;
    }

    private static (string Logits, string Deltas) Predictions(OnnxModel model, ValueGraph graph, string features,
        long count, IReadOnlyDictionary<string, Tensor> run)
    {
        var rows = Forward(graph, [features], node => node.OpType is not ("RoiAlign" or "Shape" or "Size"))
            .Where(value => run.TryGetValue(value, out var found) && found.Shape is { Rank: 2 } shape && shape[0] == count)
            .ToList();
        var logits = rows.FirstOrDefault(value => graph.Readers(value).Any(node => node.OpType == "Softmax"))
            ?? throw Missing(model, "a softmax over the classes of each region behind its RoiAlign operators");
        var classes = run[logits].Shape[1];
        var deltas = rows.LastOrDefault(value => value != logits && IsLayer(graph, value)
            && run[value].Shape[1] is var columns && (columns == 4 || columns == 4 * classes || columns == 4 * (classes - 1)))
            ?? throw Missing(model, $"a layer with 4, {4 * (classes - 1)} or {4 * classes} box deltas of each region beside "
                + $"the {classes} classes of '{logits}'");
        return (logits, deltas);
    }

    private static bool IsLayer(ValueGraph graph, string value) => graph.Producers[value] is var node
        && (ValueGraph.IsLayer(node) || TrainableWeights.FollowsMatMul(node, graph.Producers));

    private static ModelException Missing(OnnxModel model, string what) => new(
        $"{model.Path}: the model looks at regions of its maps, but it has not {what}; cut it before that "
        + "(ClassOutput and BoxOutput), or export it as torchvision's detectors are exported.");
}
