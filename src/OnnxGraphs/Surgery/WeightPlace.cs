using OnnxGraphs.Graphs;
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
    /// <summary>All trainable weights, in the order of their first use.</summary>
    /// <param name="model">The model.</param>
    /// <param name="values">
    /// The raw values. Where they are maps, those of one size belong together. Of a value that stands alone, the head
    /// is what it is laid out from: the last layers.
    /// </param>
    /// <param name="inputShapes">Shapes of the model's inputs, where the file leaves them open.</param>
    /// <exception cref="ModelException">Nothing is trainable.</exception>
    public static IReadOnlyList<WeightPlace> Of(
        OnnxModel model, IReadOnlyList<string> values, IReadOnlyDictionary<string, TensorShape>? inputShapes = null)
    {
        var nodes = GraphReader.Needed(model, values);
        var shapes = ShapeTrace.Of(model, values, inputShapes).Shapes;
        var (depths, heads) = (Depths(nodes), HeadNodes(model, nodes, values, shapes));
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

    /// <summary>Names of the weights that stay, to be given as frozen.</summary>
    /// <param name="model">The model.</param>
    /// <param name="values">The raw values.</param>
    /// <param name="depth">Layers, counted from the input, whose weights stay.</param>
    /// <param name="headsOnly">Whether all stays that is no head.</param>
    /// <param name="inputShapes">Shapes of the model's inputs, where the file leaves them open.</param>
    public static IReadOnlyList<string> Frozen(OnnxModel model, IReadOnlyList<string> values, int depth, bool headsOnly,
        IReadOnlyDictionary<string, TensorShape>? inputShapes = null) => depth <= 0 && !headsOnly ? []
        : [.. Of(model, values, inputShapes).Where(weight => weight.Depth <= depth || headsOnly && !weight.InHead)
            .Select(weight => weight.Name)];

    /// <summary>Nodes that belong to a head: not all of the values that belong together depend on them.</summary>
    internal static HashSet<NodeProto> HeadNodes(OnnxModel model, IReadOnlyList<NodeProto> nodes,
        IReadOnlyList<string> values, IReadOnlyDictionary<string, TypedShape> shapes)
    {
        var found = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        foreach (var together in values.GroupBy(value =>
            shapes.GetValueOrDefault(value)?.Shape is { Rank: 4 } shape ? (shape[2], shape[3]) : (0, 0)))
            if (together.Count() == 1)
                found.UnionWith(LastLayers(model, nodes, together.Single()));
            else
            {
                var paths = together.Select(value => Ancestors(model, value)).ToList();
                found.UnionWith(paths.SelectMany(path => path).Where(node => !paths.All(path => path.Contains(node))));
            }
        return found;
    }

    private static IEnumerable<NodeProto> LastLayers(OnnxModel model, IReadOnlyList<NodeProto> nodes, string value)
    {
        var (reached, path) = (new HashSet<string>(), Ancestors(model, value));
        var branches = HeadCut.Branches(model, value).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var node in nodes.Where(path.Contains))
            if (branches.Contains(node) || node.Input.Any(reached.Contains))
            {
                reached.UnionWith(node.Output);
                yield return node;
            }
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
            byNode[node] = before + (ValueGraph.IsLayer(node) ? 1 : 0);
            foreach (var output in node.Output)
                byValue[output] = byNode[node];
        }
        return byNode;
    }
}
