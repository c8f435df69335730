using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Inspection;

/// <summary>
/// Divides a detector into parts and blocks, by structure alone. Head: what not all raw values depend on. Neck: from
/// the first upsampling on, with the 1x1 convolution before it. Preparation: before the first layer. Tail: behind the
/// raw values. A block holds the nodes of a part that work on maps of one size.
/// </summary>
internal sealed class ModelStructure
{
    private readonly ValueGraph _graph;
    private readonly IReadOnlyList<string> _values;
    private readonly IReadOnlyDictionary<string, TypedShape> _shapes;
    private readonly IReadOnlyList<NodeProto> _nodes;
    private readonly HashSet<NodeProto> _front, _neck, _heads;
    private readonly Dictionary<string, string> _roles, _blockOfValue = [];
    private readonly Dictionary<string, HashSet<NodeProto>> _ancestors = [];
    private readonly Dictionary<NodeProto, string> _blockOfNode = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, (long Height, long Width)?> _sizes = [];
    private readonly IReadOnlyList<WeightPlace> _weights;
    // Levels of a pyramid may share weights: they count for the first.
    private readonly HashSet<string> _counted = [];

    public ModelStructure(ValueGraph graph, IReadOnlyList<string> values, IReadOnlyList<CutPoint> cuts,
        IReadOnlyDictionary<string, TypedShape> shapes, IReadOnlyList<WeightPlace> weights)
    {
        (_graph, _values, _shapes, _weights) = (graph, values, shapes, weights);
        _nodes = GraphReader.Needed(graph.Model, values);
        _heads = WeightPlace.HeadNodes(graph.Model, _nodes, values, shapes);
        _front = Front();
        _neck = Neck([.. _nodes.Where(node => !_heads.Contains(node) && !_front.Contains(node))]);
        _roles = cuts.Where(cut => values.Contains(cut.Value)).ToDictionary(cut => cut.Value, cut => Role(cut.Role));
    }

    public IReadOnlyList<ModelBlock> Blocks()
    {
        foreach (var node in _nodes)
            Place(node);
        var tail = _graph.Model.Proto.Graph.Node.Except(_nodes, ReferenceEqualityComparer.Instance).Cast<NodeProto>();
        foreach (var node in tail.Where(node => node.OpType != "Constant"))
            _blockOfNode[node] = "tail";
        return [.. _blockOfNode.GroupBy(pair => pair.Value, pair => pair.Key).Select(Block)];
    }

    private static string Role(HeadRole role) => role switch
    {
        HeadRole.Classes => "class", HeadRole.Boxes => "box", HeadRole.Objectness => "objectness", _ => "other",
    };

    private HashSet<NodeProto> Front()
    {
        var found = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        foreach (var input in _graph.Model.Inputs)
            if (StemCut.Candidates(_graph.Model, input.Name, _values)[0] is var stem && stem != input.Name)
                found.UnionWith(GraphReader.Needed(_graph.Model, [stem]));
        return found;
    }

    private HashSet<NodeProto> Neck(IReadOnlyList<NodeProto> trunk)
    {
        var found = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        var upsampling = trunk.FirstOrDefault(node => node.OpType is "Resize" or "Upsample" or "ConvTranspose");
        if (upsampling is null)
            return found;
        var backbone = new HashSet<NodeProto>(
            GraphReader.Needed(_graph.Model, [upsampling.Input[0]]), ReferenceEqualityComparer.Instance);
        // The lateral 1x1 convolution of the coarsest level, with its bias, normalisation and activation.
        for (var at = _graph.Producers.GetValueOrDefault(upsampling.Input[0]); at is not null;
            at = _graph.Producers.GetValueOrDefault(at.Input[0]))
        {
            var lateral = at.OpType == "Conv" && _shapes.GetValueOrDefault(at.Input[1])?.Shape.SizeOf(2..) == 1;
            if (!lateral && at.OpType is not ("BatchNormalization" or "Relu" or "LeakyRelu" or "Sigmoid" or "Mul"))
                break;
            backbone.Remove(at);
            if (lateral)
                break;
        }
        found.UnionWith(trunk.Where(node => !backbone.Contains(node)));
        return found;
    }

    // A node that computes on pictures goes by part and map size; shape arithmetic goes where its values go.
    private void Place(NodeProto node)
    {
        var inputs = ValueGraph.DataInputs(node).Where(name => !_graph.IsConstant(name)).ToList();
        var known = inputs.Where(_blockOfValue.ContainsKey).ToList();
        if (node.OpType == "Constant" || known.Count == 0 && !inputs.Any(IsInput))
            return;
        var size = Size(node, inputs);
        var part = Part(node);
        var name = part switch
        {
            ModelPart.Preparation => "preparation",
            ModelPart.Head => HeadName(node) + (size is { } map ? $" head {map.Width} x {map.Height}" : " rows"),
            _ => $"{part}".ToLowerInvariant() + (size is { } map ? $" {map.Width} x {map.Height}" : " joined"),
        };
        _blockOfNode[node] = name;
        foreach (var output in node.Output)
        {
            _blockOfValue[output] = name;
            if (part != ModelPart.Preparation)
                _sizes[output] = size;
        }
    }

    private ModelPart Part(NodeProto node) => _front.Contains(node) ? ModelPart.Preparation
        : _heads.Contains(node) ? ModelPart.Head : _neck.Contains(node) ? ModelPart.Neck : ModelPart.Backbone;

    private string HeadName(NodeProto node)
    {
        var roles = _values.Where(value => Ancestors(value).Contains(node))
            .Select(value => _roles.GetValueOrDefault(value, "other"));
        return string.Join(" and ", roles.Distinct());
    }

    private HashSet<NodeProto> Ancestors(string value) => _ancestors.TryGetValue(value, out var known) ? known
        : _ancestors[value] = new(GraphReader.Needed(_graph.Model, [value]), ReferenceEqualityComparer.Instance);

    private bool IsInput(string name) => _graph.Model.Inputs.Any(input => input.Name == name);

    // Squeeze and excitation looks at the whole map and comes back to it: only a layer that changes the size counts.
    private (long Height, long Width)? Size(NodeProto node, IReadOnlyList<string> inputs)
    {
        var before = inputs.Select(input => _sizes.GetValueOrDefault(input)).OfType<(long Height, long Width)>()
            .OrderByDescending(size => size.Height * size.Width).ToList();
        var joins = node.OpType == "Concat" && before.Distinct().Count() > 1
            || inputs.Any(input => _sizes.TryGetValue(input, out var size) && size is null);
        if (joins)
            return null;
        if (before.Count > 0 && node.OpType is not ("Conv" or "ConvTranspose" or "MaxPool" or "AveragePool" or "Resize"
            or "Upsample" or "DepthToSpace" or "SpaceToDepth"))
            return before[0];
        var (x, y) = (Map(inputs[0]), Map(node.Output[0]));
        return y is null || x == y && before.Count > 0 ? before.Cast<(long, long)?>().FirstOrDefault() : y;
    }

    private (long Height, long Width)? Map(string value) =>
        _shapes.GetValueOrDefault(value)?.Shape is { Rank: 4 } shape ? (shape[2], shape[3]) : null;

    private ModelBlock Block(IGrouping<string, NodeProto> nodes)
    {
        var part = nodes.Key == "tail" ? ModelPart.Tail : Part(nodes.First());
        var weights = nodes.SelectMany(node => node.Input)
            .Select(name => ValueGraph.BeforeRounding(_graph.Producers, name)).ToHashSet();
        var reads = nodes.SelectMany(node => ValueGraph.DataInputs(node))
            .Select(name => IsInput(name) ? name : _blockOfValue.GetValueOrDefault(name)).OfType<string>();
        var map = part == ModelPart.Tail ? null : nodes.SelectMany(node => node.Output)
            .Select(name => _sizes.GetValueOrDefault(name)).FirstOrDefault(size => size is not null);
        return new(nodes.Key, part, (int?)map?.Width, (int?)map?.Height,
            [.. reads.Where(name => name != nodes.Key).Distinct()],
            part == ModelPart.Tail ? null : _shapes.GetValueOrDefault(nodes.Last().Output[0])?.Shape,
            [.. nodes.CountBy(node => node.OpType).OrderByDescending(use => use.Value)],
            _weights.Where(weight => weights.Contains(weight.Name) && _counted.Add(weight.Name))
                .Sum(weight => weight.Elements),
            part == ModelPart.Tail ? 0 : nodes.Sum(node => LayerCost.MultiplyAdds(_graph, node, _shapes)));
    }
}
