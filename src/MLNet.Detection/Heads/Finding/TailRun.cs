using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>Raw values and what a file's tail computed from them.</summary>
/// <param name="Values">By name: the tail in the order of computation, then the raw values.</param>
/// <param name="Cells">Cells of the one level that a value is computed from; 0 where several flow into it.</param>
internal sealed record TailRun(IReadOnlyDictionary<string, Tensor> Values, IReadOnlyDictionary<string, int> Cells)
{
    /// <summary>Runs a tail, but no choice among rows.</summary>
    public static TailRun Of(OnnxModel model, IReadOnlyList<string> raw, IReadOnlyDictionary<string, Tensor> feeds)
    {
        var (sources, wanted) = (raw.ToDictionary(name => name, name => name), new List<string>(raw));
        foreach (var node in model.Proto.Graph.Node.Where(node => !node.Output.Any(raw.Contains)))
            if (node.OpType is not ("If" or "Loop" or "NonMaxSuppression" or "TopK")
                && node.Input.Where(sources.ContainsKey).Select(name => sources[name]).ToList() is { Count: > 0 } from)
                foreach (var name in node.Output.Where(name => name.Length > 0 && !sources.ContainsKey(name)))
                {
                    sources[name] = from.Distinct().Count() == 1 ? from[0] : "";
                    wanted.Add(name);
                }
        var run = Subgraph.Run(model, feeds, wanted);
        var values = wanted.Skip(raw.Count).Where(name => run[name].Type == ElementType.Float32).Concat(raw)
            .ToDictionary(name => name, name => run[name]);
        return new(values, values.Keys.ToDictionary(name => name, name => Level(run, sources[name])));
    }

    private static int Level(IReadOnlyDictionary<string, Tensor> run, string raw) =>
        raw.Length > 0 && run[raw].Shape is { Rank: 4 } map ? (int)(map[2] * map[3]) : 0;
}
