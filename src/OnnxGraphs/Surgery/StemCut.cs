using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Where a model's own preparation of its pictures (normalisation, layout, a batch axis) ends and the network begins.
/// </summary>
public static class StemCut
{
    /// <summary>
    /// Values between an input and the first layers, the last one first; the input itself is among them. All that the
    /// wanted values learn of the input passes through each of them.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="input">Name of the input.</param>
    /// <param name="wanted">Names of the values behind the network.</param>
    public static IReadOnlyList<string> Candidates(OnnxModel model, string input, IReadOnlyList<string> wanted)
    {
        var graph = new ValueGraph(model);
        var front = Front(graph, input, GraphReader.Needed(model, wanted));
        var stems = front.Stems;
        var chain = Chain(graph, stems.Count == 1 ? stems[0] : input, front.Reached);
        return [.. chain.Where(value => value == input || AllPassThrough(graph, wanted, input, value))];
    }

    // What the first layers read, and all that is computed from the input before them.
    private static (IReadOnlyList<string> Stems, HashSet<string> Reached) Front(
        ValueGraph graph, string input, IReadOnlyList<NodeProto> nodes)
    {
        var (reached, stems) = (new HashSet<string> { input }, new List<string>());
        foreach (var node in nodes)
            if (ValueGraph.DataInputs(node).FirstOrDefault(reached.Contains) is { } read)
            {
                if (!ValueGraph.IsLayer(node))
                    reached.UnionWith(node.Output);
                else if (!stems.Contains(read))
                    stems.Add(read);
            }
        return (stems, reached);
    }

    private static List<string> Chain(ValueGraph graph, string stem, HashSet<string> reached)
    {
        var chain = new List<string> { stem };
        while (graph.Producers.TryGetValue(chain[^1], out var node)
            && ValueGraph.DataInputs(node).FirstOrDefault(reached.Contains) is { } before)
            chain.Add(before);
        return chain;
    }

    private static bool AllPassThrough(
        ValueGraph graph, IReadOnlyList<string> wanted, string input, string value)
    {
        var (seen, open) = (new HashSet<string>(), new Stack<string>(wanted));
        while (open.TryPop(out var at))
        {
            if (at == input)
                return false;
            if (at != value && seen.Add(at) && graph.Producers.TryGetValue(at, out var node))
                foreach (var name in ValueGraph.Reads(node))
                    open.Push(name);
        }
        return true;
    }
}
