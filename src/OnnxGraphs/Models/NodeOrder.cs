using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>The nodes that values depend on, each after those that it reads.</summary>
internal static class NodeOrder
{
    /// <summary>
    /// In the file's order where that is one of computation, as the format requires; else in one that is.
    /// </summary>
    /// <exception cref="ModelException">Nodes read each other's results in a circle.</exception>
    public static List<NodeProto> Of(OnnxModel model, IReadOnlyList<string> values)
    {
        var producers = model.Producers;
        var needed = Needed(producers, values);
        List<NodeProto> nodes = [.. model.Proto.Graph.Node.Where(needed.Contains)];
        var known = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        foreach (var node in nodes)
        {
            if (Before(node, producers).Any(before => !known.Contains(before)))
                return Sorted(model, nodes, producers);
            known.Add(node);
        }
        return nodes;
    }

    /// <summary>Sorts all nodes of a model where one reads what a later one computes; whether that was so.</summary>
    /// <exception cref="ModelException">Nodes read each other's results in a circle.</exception>
    public static bool Sort(OnnxModel model)
    {
        var (producers, known) = (model.Producers, new HashSet<NodeProto>(ReferenceEqualityComparer.Instance));
        if (model.Proto.Graph.Node.All(node => Before(node, producers).All(known.Contains) && known.Add(node)))
            return false;
        var sorted = Sorted(model, [.. model.Proto.Graph.Node], producers);
        model.Proto.Graph.Node.Clear();
        model.Proto.Graph.Node.Add(sorted);
        return true;
    }

    private static HashSet<NodeProto> Needed(IReadOnlyDictionary<string, NodeProto> producers,
        IReadOnlyList<string> values)
    {
        var needed = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>(values);
        while (open.TryPop(out var name))
            if (producers.TryGetValue(name, out var node) && needed.Add(node))
                foreach (var input in Subgraphs.Reads(node))
                    open.Push(input);
        return needed;
    }

    // Depth first with a stack of its own: files may be deeper than the thread's.
    private static List<NodeProto> Sorted(OnnxModel model, List<NodeProto> nodes,
        IReadOnlyDictionary<string, NodeProto> producers)
    {
        var sorted = new List<NodeProto>(nodes.Count);
        var isDone = new Dictionary<NodeProto, bool>(ReferenceEqualityComparer.Instance);
        var open = new Stack<NodeProto>(nodes.AsEnumerable().Reverse());
        while (open.TryPeek(out var node))
            if (!isDone.TryAdd(node, false))
            {
                open.Pop();
                if (!isDone[node])
                    sorted.Add(node);
                isDone[node] = true;
            }
            else
                foreach (var before in Before(node, producers))
                    if (!isDone.TryGetValue(before, out var done))
                        open.Push(before);
                    else if (!done)
                        throw new ModelException($"{model.Path}: {before.OpType} '{before.Output[0]}' and "
                            + $"{node.OpType} '{node.Output[0]}' depend on each other; the graph has a cycle and cannot "
                            + "be computed, export it again.");
        return sorted;
    }

    private static IEnumerable<NodeProto> Before(NodeProto node, IReadOnlyDictionary<string, NodeProto> producers) =>
        Subgraphs.Reads(node).Select(name => producers.GetValueOrDefault(name)).OfType<NodeProto>();
}
