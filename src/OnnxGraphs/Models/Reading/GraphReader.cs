using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>
/// ONNX model to graph, with fixed input shapes and only up to the wanted values: nodes behind them are never looked
/// at. Constant and Identity nodes vanish; shape arithmetic becomes constant; branches and loops become the nodes that
/// they run.
/// </summary>
public sealed class GraphReader
{
    private readonly OnnxModel _model;
    private readonly ReadOptions _options;

    private GraphReader(OnnxModel model, ReadOptions options) => (_model, _options) = (model, options);

    /// <summary>
    /// Appends the model to the graph, up to the named values, and returns those in their order. Inputs of the model
    /// become inputs of the graph under their names unless the graph already has such a value. 16-bit floats become
    /// float32.
    /// </summary>
    /// <exception cref="ModelException">
    /// A name is unknown, a shape is open, or an operator is not known or does not fit its inputs.
    /// </exception>
    public static IReadOnlyList<Var> Read(OnnxModel model, Graph graph, IReadOnlyList<string> values,
        ReadOptions? options = null)
    {
        try
        {
            graph.Reserve(model.ValueNames);
            return new GraphReader(OpsetUpgrade.ToWorkingForm(Part(model, values)), options ?? new()).Read(graph, values);
        }
        catch (Exception error) when (error is GraphException
            || (error is ModelException && !error.Message.StartsWith(model.Path, StringComparison.Ordinal)))
        {
            throw new ModelException($"{model.Path}: {error.Message}", error);
        }
    }

    private IReadOnlyList<Var> Read(Graph graph, IReadOnlyList<string> values)
    {
        var nodes = Needed(_model, values);
        graph.Reserve(_model.ValueNames);
        var uses = nodes.SelectMany(Subgraphs.Reads).Concat(values).CountBy(name => name).ToDictionary();
        var reader = new NodeReader(graph, _model.Initializers, _options, uses);
        foreach (var tensor in _model.Proto.Graph.Initializer.Where(tensor => uses.ContainsKey(tensor.Name)))
            reader.Define(tensor.Name, graph.Find(tensor.Name) ?? (_options.IsParameter(tensor.Name)
                ? graph.Input(tensor.Name, (ElementType)tensor.DataType, new([.. tensor.Dims]))
                : graph.Constant(tensor.Name, tensor.ToTensor())));
        foreach (var input in _model.Inputs.Where(input => uses.ContainsKey(input.Name)))
            reader.Define(input.Name, graph.Find(input.Name) ?? graph.Input(input.Name, Type(input), Shape(input)));
        foreach (var node in nodes)
            reader.Append(node);
        return [.. values.Select(reader.Value)];
    }

    // What the values do not depend on is not copied and upgraded: of a detector that may be most nodes. What a function
    // reads shows only when its call is replaced.
    private static OnnxModel Part(OnnxModel model, IReadOnlyList<string> values)
    {
        if (model.Proto.Functions.Count > 0)
            return model;
        var nodes = Needed(model, values);
        var read = nodes.SelectMany(Subgraphs.Reads).Concat(values).ToHashSet(StringComparer.Ordinal);
        var part = new GraphProto { Node = { nodes }, Input = { model.Proto.Graph.Input } };
        part.Initializer.Add(model.Proto.Graph.Initializer.Where(tensor => read.Contains(tensor.Name)));
        return new(new() { OpsetImport = { model.Proto.OpsetImport }, Graph = part }, model.Path);
    }

    /// <summary>The nodes that the values depend on, in an order of computation.</summary>
    internal static List<NodeProto> Needed(OnnxModel model, IReadOnlyList<string> values)
    {
        var known = model.ValueNames.Where(name => name.Length > 0).ToHashSet(StringComparer.Ordinal);
        if (values.FirstOrDefault(name => !known.Contains(name)) is { } missing)
            throw new ModelException($"{model.Path}: there is no value named '{missing}'. Nearest names: "
                + $"{string.Join(", ", NearestNames.Of(missing, known).Select(name => $"'{name}'"))}.");
        return NodeOrder.Of(model, values);
    }

    private ElementType Type(ValueInfoProto input) => input.Type?.TensorType is { ElemType: not 0 } tensor
        ? (ElementType)tensor.ElemType
        : throw new ModelException($"{_model.Path}: input '{input.Name}' is no tensor of a known element type; cut the "
            + "model behind it.");

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
}
