using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Models;

/// <summary>
/// ONNX model to graph, with fixed input shapes and only up to the wanted values: nodes behind them are never looked
/// at. Constant and Identity nodes vanish; shape arithmetic becomes constant.
/// </summary>
public sealed class GraphReader
{
    private readonly Dictionary<string, Var> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly OnnxModel _model;
    private readonly ReadOptions _options;

    private GraphReader(OnnxModel model, ReadOptions options) => (_model, _options) = (model, options);

    /// <summary>
    /// Appends the model to the graph, up to the named values, and returns those in their order. Inputs of the model
    /// become inputs of the graph under their names unless the graph already has such a value.
    /// </summary>
    /// <exception cref="ModelException">A name is unknown, a shape is open, or an operator is not known.</exception>
    public static IReadOnlyList<Var> Read(OnnxModel model, Graph graph, IReadOnlyList<string> values,
        ReadOptions? options = null)
    {
        var upgraded = OpsetUpgrade.ToWorkingOpset(model);
        return new GraphReader(upgraded, options ?? new()).Read(graph, values);
    }

    private IReadOnlyList<Var> Read(Graph graph, IReadOnlyList<string> values)
    {
        var nodes = Needed(_model, values);
        graph.Reserve(_model.ValueNames);
        foreach (var name in nodes.SelectMany(node => node.Input).Concat(values))
            _uses[name] = _uses.GetValueOrDefault(name) + 1;
        foreach (var tensor in _model.Proto.Graph.Initializer.Where(tensor => _uses.ContainsKey(tensor.Name)))
            _values[tensor.Name] = graph.Find(tensor.Name) ?? (_options.IsParameter(tensor.Name)
                ? graph.Input(tensor.Name, (ElementType)tensor.DataType, new([.. tensor.Dims]))
                : graph.Constant(tensor.Name, tensor.ToTensor()));
        foreach (var input in _model.Inputs.Where(input => _uses.ContainsKey(input.Name)))
            _values[input.Name] = graph.Find(input.Name)
                ?? graph.Input(input.Name, (ElementType)input.Type.TensorType.ElemType, Shape(input));
        foreach (var node in nodes)
            Append(graph, node);
        return [.. values.Select(name => _values[name])];
    }

    /// <summary>
    /// The nodes that the values depend on, in the file's order, which the format requires to be one of computation.
    /// </summary>
    internal static List<NodeProto> Needed(OnnxModel model, IReadOnlyList<string> values)
    {
        var producers = model.Producers;
        var known = producers.Keys.Concat(model.Proto.Graph.Input.Select(i => i.Name)).Concat(model.Initializers.Keys)
            .ToHashSet();
        if (values.FirstOrDefault(name => !known.Contains(name)) is { } missing)
            throw new ModelException($"{model.Path}: there is no value named '{missing}'. Nearest names: "
                + $"{string.Join(", ", NearestNames.Of(missing, known).Select(name => $"'{name}'"))}.");
        var (needed, open) = (new HashSet<NodeProto>(ReferenceEqualityComparer.Instance), new Stack<string>(values));
        while (open.TryPop(out var name))
            if (producers.TryGetValue(name, out var node) && needed.Add(node))
                foreach (var input in node.Input.Where(input => input.Length > 0))
                    open.Push(input);
        return [.. model.Proto.Graph.Node.Where(needed.Contains)];
    }

    private TensorShape Shape(ValueInfoProto input)
    {
        var dims = input.Type?.TensorType?.Shape?.Dim.Select(dim => dim.HasDimValue ? dim.DimValue : -1).ToArray();
        var given = _options.InputShapes.GetValueOrDefault(input.Name)?.ToArray() ?? dims;
        var declared = dims is null ? "of any rank" : $"[{string.Join(", ", dims.Select(d => d < 0 ? "?" : $"{d}"))}]";
        if (given is null || given.Any(dim => dim < 0))
            throw new ModelException($"{_model.Path}: input '{input.Name}' has the open shape {declared}; "
                + "give its image size.");
        if (dims is not null && (dims.Length != given.Length
            || dims.Zip(given).Skip(1).Any(pair => pair.First >= 0 && pair.First != pair.Second)))
            throw new ModelException($"{_model.Path}: input '{input.Name}' is {declared}, which does not fit the "
                + $"wanted shape [{string.Join(", ", given)}]; use the model's own image size.");
        return new(given);
    }

    private void Append(Graph graph, NodeProto node)
    {
        try
        {
            if (node.Domain is not ("" or "ai.onnx"))
                throw new GraphException($"Operator {node.Domain}.{node.OpType} '{node.Name}' is not a standard ONNX "
                    + "operator.");
            var inputs = node.Input.Select(name => name.Length == 0 ? null : Value(name, node)).ToList();
            if (node.OpType is "Identity" or "Dropout")
                _values[node.Output[0]] = inputs[0]!;
            else if (node.OpType == "Constant")
                _values[node.Output[0]] = graph.Constant(node.Output[0], Constant(AttributeValues.Read(node)));
            else if (FoldedNormalization(node, inputs) is { } folded)
                _values[node.Output[0]] = folded;
            else if (CoercedSoftmax(node, inputs) is { } softmax)
                _values[node.Output[0]] = softmax;
            else
                foreach (var output in Op.Append(graph, node.OpType, inputs, AttributeValues.Read(node), node.Name,
                    [.. node.Output], node.Output.Count).Outputs)
                    _values[output.Name] = output;
        }
        catch (GraphException error)
        {
            throw new ModelException($"{_model.Path}: {error.Message}", error);
        }
    }

    private Var Value(string name, NodeProto node) => _values.GetValueOrDefault(name) ?? throw new GraphException(
        $"{node.OpType} '{node.Name}' reads '{name}', which nothing before it computes; the file is damaged, "
            + "export it again.");

    // Conv then BatchNormalization in inference form is one Conv with scaled weights: w' = w s, b' = (b - mean) s +
    // beta with s = gamma / sqrt(var + eps). Gradients then reach gamma and beta without a pass over activations.
    private Var? FoldedNormalization(NodeProto node, IReadOnlyList<Var?> inputs)
    {
        if (node.OpType != "BatchNormalization" || inputs[0]!.Node is not { Op: "Conv" } conv
            || _uses[node.Input[0]] > 1 || !_options.FoldBatchNormalization
            || AttributeValues.Read(node) is var attributes && attributes.Flag("training_mode"))
            return null;
        var (gamma, beta, mean, variance) = (inputs[1]!, inputs[2]!, inputs[3]!, inputs[4]!);
        var s = gamma / Op.Sqrt(variance + attributes.Float("epsilon", 1e-5f));
        var w = conv[1] * Op.Reshape(s,
            new TensorShape([s.Shape[0], .. Enumerable.Repeat(1L, conv[1].Shape.Rank - 1)]));
        var bias = conv.Optional(2) is { } b ? (b - mean) * s + beta : beta - mean * s;
        return Op.Apply("Conv", [conv[0], w, bias], conv.Attributes);
    }

    private static Tensor Constant(Attributes attributes) =>
        attributes.Tensor("value")
        ?? (attributes.Ints("value_ints") is { } ints ? Tensor.Vector<long>(ints)
            : attributes.Has("value_int") ? Tensor.Scalar(ElementType.Int64, attributes.Int("value_int", 0))
            : attributes.Floats("value_floats") is { } floats ? Tensor.Vector<float>(floats)
            : attributes.Has("value_float") ? Tensor.Scalar(ElementType.Float32, attributes.Float("value_float", 0))
            : throw new GraphException("A Constant node without a numeric value is not supported."));

    // Before opset 13 all axes from `axis` on were one: where the later ones are 1, that is a Softmax of today.
    private static Var? CoercedSoftmax(NodeProto node, IReadOnlyList<Var?> inputs)
    {
        if (AttributeValues.Read(node) is var attributes && !attributes.Has(OpsetUpgrade.CoercedAxes))
            return null;
        var x = inputs[0]!;
        var axis = x.Shape.Axis(attributes.Int("axis", 1));
        if (x.Shape.Skip(axis + 1).All(dim => dim == 1))
            return Op.Append(x.Graph, node.OpType, [x], new() { { "axis", axis } }, node.Name, node.Output, 1)
                .Outputs[0];
        var rows = Op.Apply("Flatten", [x], new() { { "axis", axis } });
        return Op.Reshape(Op.Apply(node.OpType, [rows], new() { { "axis", 1 } }), x.Shape);
    }
}
