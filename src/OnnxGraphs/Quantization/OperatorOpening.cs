using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>Operators on whole numbers on their way to floats between pairs.</summary>
/// <param name="model">The model, its nodes in the order of computation; it is changed.</param>
internal sealed class OperatorOpening(OnnxModel model)
{
    private readonly ValueGraph _values = new(model);
    private readonly List<NodeProto> _nodes = [];
    private readonly Dictionary<(string Value, string Scale, string Zero), string> _floats = [];
    private readonly HashSet<string> _names = [.. model.Proto.Graph.Node.SelectMany(node => node.Output),
        .. model.Initializers.Keys, .. model.Inputs.Select(input => input.Name)];

    // The grid of each computed value of whole numbers.
    private readonly Dictionary<string, (string Scale, string Zero)> _grids = [];

    /// <summary>Whether weights have a scale for each channel.</summary>
    public bool HasChannelScales { get; private set; }

    /// <summary>Opens them; returns the names of the whole values that they gave.</summary>
    public IReadOnlyList<string> Open()
    {
        var opened = new List<string>();
        foreach (var node in model.Proto.Graph.Node.ToList())
            if (WholeOperator.Of(node) is { } known)
            {
                Put(known, node);
                opened.Add(node.Output[0]);
            }
            else if (WholeOperator.Moves(node) && _grids.TryGetValue(node.Input[0], out var grid))
            {
                opened.AddRange(node.Output);
                Move(node, grid);
            }
            else
            {
                if (node.OpType == "QuantizeLinear")
                    _grids[node.Output[0]] = (node.Input[1], node.Input.ElementAtOrDefault(2) ?? "");
                _nodes.Add(node);
            }
        model.Proto.Graph.Node.Clear();
        model.Proto.Graph.Node.Add(_nodes);
        model.Proto.Graph.ValueInfo.Clear();
        return opened;
    }

    private void Put(WholeOperator known, NodeProto node)
    {
        if (!known.IsPlain(node))
            throw new ModelException($"{model.Path}: {node.OpType} '{node.Output[0]}' has its channels last, or a Softmax over "
                + "several axes, which is not trained here; quantise the model again with QuantFormat.QDQ.");
        var plain = new NodeProto { OpType = known.Float };
        if (node.HasName)
            plain.Name = node.Name;
        plain.Attribute.Add(node.Attribute.Where(attribute => attribute.Name is not ("channels_last" or "opset")));
        foreach (var at in known.ValuesOf(node))
            plain.Input.Add(Float(node.Input[at], node.Input[at + 1], node.Input[at + 2], rank => known.WeightAxis(node, rank)));
        if (known.Bias is { } bias && node.Input.ElementAtOrDefault(bias) is { Length: > 0 } name)
            plain.Input.Add(Bias(name, node));
        _nodes.Add(plain);
        var (scale, zero) = (node.Input.ElementAtOrDefault(known.Result) ?? "", node.Input.ElementAtOrDefault(known.Result + 1) ?? "");
        if (scale.Length == 0)
        {
            // QGemm may give floats.
            plain.Output.Add(node.Output[0]);
            return;
        }
        plain.Output.Add(New(node.Output[0] + "/exact"));
        Quantize(plain.Output[0], node.Output[0], (scale, zero));
    }

    private void Move(NodeProto node, (string Scale, string Zero) grid)
    {
        var moved = node.Clone();
        moved.Input[0] = Float(node.Input[0], grid.Scale, grid.Zero, null);
        moved.Output.Clear();
        moved.Output.Add(node.Output.Select(output => New(output + "/exact")));
        _nodes.Add(moved);
        foreach (var (exact, output) in moved.Output.Zip(node.Output))
            Quantize(exact, output, grid);
    }

    private void Quantize(string exact, string output, (string Scale, string Zero) grid)
    {
        _grids[output] = grid;
        _nodes.Add(Node("QuantizeLinear", [exact, grid.Scale, grid.Zero], output));
    }

    // The floats that whole numbers stand for, once for all that read them.
    private string Float(string value, string scale, string zero, Func<int, int>? axis)
    {
        if (_floats.TryGetValue((value, scale, zero), out var known))
            return known;
        var node = Node("DequantizeLinear", [value, scale, zero], New(value + "/float"));
        if (axis is not null && _values.Constant(scale) is { Shape.Size: > 1 } && _values.Constant(value) is { } weight)
        {
            HasChannelScales = true;
            node.Attribute.Add(AttributeValues.Write("axis", (long)axis(weight.Shape.Rank)));
        }
        _nodes.Add(node);
        return _floats[(value, scale, zero)] = node.Output[0];
    }

    // In steps of the products: s = s_x s_w.
    private string Bias(string name, NodeProto node)
    {
        if (_values.Constant(node.Input[1]) is not { } input || _values.Constant(node.Input[4]) is not { } weight)
            throw new ModelException($"{model.Path}: the scales of {node.OpType} '{node.Output[0]}' are not stored; quantise the "
                + "model again with static scales.");
        var products = WholeOperator.ProductScales(input, weight);
        var scale = New(name + "/scale");
        model.Proto.Graph.Initializer.Add(
            Tensor.Of<float>(products.Length == 1 ? TensorShape.Scalar : new(products.Length), products).ToProto(scale));
        var bias = Node("DequantizeLinear", [name, scale], New(name + "/float"));
        if (products.Length > 1)
            bias.Attribute.Add(AttributeValues.Write("axis", 0L));
        _nodes.Add(bias);
        return bias.Output[0];
    }

    private string New(string stem)
    {
        var name = stem;
        for (var i = 2; !_names.Add(name); i++)
            name = $"{stem}_{i}";
        return name;
    }

    private static NodeProto Node(string op, string[] inputs, string output) =>
        new() { OpType = op, Input = { inputs.Where(input => input.Length > 0) }, Output = { output } };
}
