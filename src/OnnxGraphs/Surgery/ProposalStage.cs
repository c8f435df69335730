using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// The first stage of a detector that looks at regions, found by structure: convolutions that give each anchor of each
/// map
/// an objectness and four deltas, from which the regions are chosen. Ren et al. 2015, https://arxiv.org/abs/1506.01497.
/// </summary>
/// <param name="Objectness">Names of the objectness logits, [1, N, 1] or [1, N]: of all levels together, or one a
/// level.</param>
/// <param name="Deltas">Names of the deltas [1, N, 4], likewise.</param>
/// <param name="Places">Anchors of each level, in the order of the rows.</param>
public sealed record ProposalStage(
    IReadOnlyList<string> Objectness, IReadOnlyList<string> Deltas, IReadOnlyList<int> Places)
{
    private static readonly HashSet<string> Layout =
        ["Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Concat", "Identity", "Cast"];

    /// <summary>Finds it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="regions">Name of the regions, as <see cref="RegionStage"/> has it.</param>
    /// <param name="feeds">A picture.</param>
    /// <exception cref="ModelException">The regions come from nothing of the kind.</exception>
    public static ProposalStage Find(
        OnnxModel model, string regions, IReadOnlyDictionary<string, Tensor> feeds)
    {
        var graph = new ValueGraph(model);
        var maps = Maps(graph, regions);
        var rows = maps.ToDictionary(map => map, map => Rows(graph, map));
        var run = Subgraph.Run(model, feeds, [.. rows.SelectMany(row => row.Value).Concat(maps).Distinct()]);
        var levels = maps.GroupBy(map => graph.Producers[map].Input[0]).Where(level => level.Count() == 2)
            .Select(level => level.OrderBy(map => run[map].Shape[1]).ToArray())
            .Where(level => run[level[1]].Shape[1] == 4 * run[level[0]].Shape[1]).ToList();
        if (levels.Count == 0 || levels.Count * 2 != maps.Count)
            throw Missing(model, regions, "two convolutions a level, with one and with four channels an anchor");
        var order = levels.Select(level => level[1]).ToList();
        // [1, N] may have lost its batch on the way; [1, N, 1] has not.
        string[] Last(int map, int columns) => [.. levels.Select(level =>
            rows[level[map]].LastOrDefault(value => IsRows(run[value].Shape, 3, columns))
            ?? rows[level[map]].FirstOrDefault(value => columns == 1 && IsRows(run[value].Shape, 2, columns))
            ?? throw Missing(model, regions, $"a value [1, anchors, {columns}] behind '{level[map]}'")).Distinct()];
        var (objectness, deltas) = (Last(0, 1), Last(1, 4));
        // Joined levels come in the order in which they are joined.
        if (deltas.Length == 1 && levels.Count > 1)
            order = [.. HeadMaps.Behind(model, deltas[0])];
        if (deltas.Length != objectness.Length || order.Count != levels.Count)
            throw Missing(model, regions, "objectness and deltas that are laid out alike");
        return new(objectness, deltas, [.. order.Select(map => (int)(run[map].Shape.Size / 4))]);
    }

    // The nearest convolutions before the regions, choices included; sizes of maps do not count.
    private static List<string> Maps(ValueGraph graph, string regions)
    {
        var (maps, seen, open) = (new HashSet<string>(), new HashSet<string>(), new Stack<string>([regions]));
        while (open.TryPop(out var name))
            if (seen.Add(name) && graph.Producers.TryGetValue(name, out var node) && node.OpType is not ("Shape" or "Size"))
            {
                if (node.OpType == "Conv")
                    maps.Add(name);
                else
                    foreach (var input in ValueGraph.Reads(node))
                        open.Push(input);
            }
        return [.. graph.Model.Proto.Graph.Node.SelectMany(node => node.Output).Where(maps.Contains)];
    }

    // A map and what is the same numbers in another order, as long as nothing else is done to them.
    private static List<string> Rows(ValueGraph graph, string map)
    {
        var reached = new List<string> { map };
        foreach (var node in graph.Model.Proto.Graph.Node)
            if (Layout.Contains(node.OpType) && ValueGraph.DataInputs(node).FirstOrDefault() is { } first
                && ValueGraph.DataInputs(node).Any(reached.Contains))
                reached.AddRange(node.Output);
        return reached;
    }

    private static bool IsRows(TensorShape shape, int rank, int columns) =>
        shape.Rank == rank && shape[0] == 1 && (rank == 2 || shape[2] == columns);

    private static ModelException Missing(OnnxModel model, string regions, string what) => new(
        $"{model.Path}: the regions '{regions}' are expected to come from {what}; the model cannot be trained as a "
        + "two-stage detector.");
}
