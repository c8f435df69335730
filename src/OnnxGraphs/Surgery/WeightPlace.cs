using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>Where a trainable weight lies in a detector.</summary>
/// <param name="Name">Name of the stored tensor.</param>
/// <param name="Elements">Numbers in it.</param>
/// <param name="Depth">
/// Layers (Conv, ConvTranspose, Gemm, MatMul) on the longest way from the input to its place, its own included, from 1.
/// A normalisation behind a layer has the layer's depth.
/// </param>
/// <param name="InHead">Whether only some of the wanted values depend on it: then it belongs to a head.</param>
public sealed record WeightPlace(string Name, long Elements, int Depth, bool InHead)
{
    private static readonly HashSet<string> Layers = ["Conv", "ConvTranspose", "Gemm", "MatMul"];

    /// <summary>All trainable weights, in the order of their first use.</summary>
    /// <param name="model">The model.</param>
    /// <param name="values">
    /// The raw values. Of a single one, the head is what it is laid out from: the last layers.
    /// </param>
    /// <exception cref="ModelException">Nothing is trainable.</exception>
    public static IReadOnlyList<WeightPlace> Of(OnnxModel model, IReadOnlyList<string> values)
    {
        var nodes = GraphReader.Needed(model, values);
        var (depths, heads) = (Depths(nodes), HeadNodes(model, nodes, values));
        var (stored, users) = (model.Initializers, new Dictionary<string, List<NodeProto>>());
        foreach (var node in nodes)
            foreach (var input in node.Input)
                (users.TryGetValue(input, out var list) ? list : users[input] = []).Add(node);
        return
        [
            .. TrainableWeights.Of(model, values).Select(name => new WeightPlace(name,
                stored[name].Dims.Aggregate(1L, (product, dim) => product * dim),
                users[name].Min(node => depths[node]), users[name].All(heads.Contains))),
        ];
    }

    /// <summary>Nodes that not every one of the values depends on.</summary>
    internal static HashSet<NodeProto> HeadNodes(
        OnnxModel model, IReadOnlyList<NodeProto> nodes, IReadOnlyList<string> values)
    {
        var found = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        if (values.Count > 1)
        {
            var shared = Ancestors(model, values[0]);
            foreach (var value in values.Skip(1))
                shared.IntersectWith(Ancestors(model, value));
            found.UnionWith(nodes.Where(node => !shared.Contains(node)));
            return found;
        }
        var reached = new HashSet<string>();
        var branches = HeadCut.Branches(model, values[0]).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var node in nodes)
            if (branches.Contains(node) || node.Input.Any(reached.Contains))
            {
                found.Add(node);
                reached.UnionWith(node.Output);
            }
        return found;
    }

    private static HashSet<NodeProto> Ancestors(OnnxModel model, string value) =>
        new(GraphReader.Needed(model, [value]), ReferenceEqualityComparer.Instance);

    private static Dictionary<NodeProto, int> Depths(IReadOnlyList<NodeProto> nodes)
    {
        var byNode = new Dictionary<NodeProto, int>(ReferenceEqualityComparer.Instance);
        var byValue = new Dictionary<string, int>();
        foreach (var node in nodes)
        {
            var before = ValueGraph.DataInputs(node).Max(input => (int?)byValue.GetValueOrDefault(input)) ?? 0;
            byNode[node] = before + (Layers.Contains(node.OpType) ? 1 : 0);
            foreach (var output in node.Output)
                byValue[output] = byNode[node];
        }
        return byNode;
    }
}
