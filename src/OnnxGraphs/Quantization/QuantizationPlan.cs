using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>
/// What of a float model becomes whole numbers, and which values must be observed for it: all layers between the input and
/// the wanted values, and what lies between layers as far as ONNX Runtime has integer kernels for it. What follows the
/// last layers, such as the decoding of boxes, stays in floats.
/// </summary>
public sealed class QuantizationPlan
{
    private static readonly HashSet<string> Arithmetic =
        ["Add", "Mul", "Concat", "Sigmoid", "LeakyRelu", "AveragePool", "GlobalAveragePool"];

    private static readonly HashSet<string> Moves =
        ["MaxPool", "Resize", "Reshape", "Transpose", "Slice", "Gather", "Split", "Squeeze", "Unsqueeze", "Flatten"];

    private QuantizationPlan(OnnxModel model, string input, IReadOnlyList<QuantizedNode> nodes, IReadOnlyList<string> floats) =>
        (Model, Input, Nodes, FloatOperators) = (model, input, nodes, floats);

    /// <summary>The model in floats: opset 13 or later, BatchNormalization folded into convolutions.</summary>
    public OnnxModel Model { get; }

    /// <summary>Name of the value that pictures enter by.</summary>
    public string Input { get; }

    /// <summary>The operators that may compute on whole numbers, in order of computation.</summary>
    public IReadOnlyList<QuantizedNode> Nodes { get; }

    /// <summary>Operators between layers that have no integer kernel, each as often as it is there.</summary>
    public IReadOnlyList<string> FloatOperators { get; }

    /// <summary>Names of the values that must be observed.</summary>
    public IReadOnlyList<string> Observed => [.. Nodes.SelectMany(node => node.Inputs.Append(node.Grid)).Distinct()];

    /// <summary>Plans a model.</summary>
    /// <param name="model">A model in floats.</param>
    /// <param name="input">Name of the value that pictures enter by.</param>
    /// <param name="values">Names of the values at which the trained part ends.</param>
    /// <param name="options">How it will be quantised.</param>
    /// <exception cref="ModelException">It has no layer that can be quantised, or is quantised already.</exception>
    public static QuantizationPlan Of(
        OnnxModel model, string input, IReadOnlyList<string> values, QuantizationOptions options)
    {
        options.Check();
        if (IntegerForm.IsOpen(model) || GraphReader.Needed(model, values).Any(ValueGraph.IsRounding))
            throw new ModelException($"{model.Path}: it computes on whole numbers already; quantise the float model.");
        var wide = options.Activations is ElementType.Int16 or ElementType.UInt16;
        var lifted = OpsetLift.Lift(model, wide ? 21 : 13).Clone();
        NormalizationFolding.Fold(lifted);
        if (options.Equalize)
            CrossLayerEqualization.Apply(lifted, values);
        var graph = new ValueGraph(lifted);
        var order = GraphReader.Needed(lifted, values);
        var (reached, before) = (Reached(order, input), BeforeLayers(graph, order));
        var (nodes, floats) = (new List<QuantizedNode>(), new List<string>());
        foreach (var node in order.Where(node => ValueGraph.DataInputs(node).Any(reached.Contains)))
            if (Kind(graph, node, reached) is { } kind && (kind == QuantizedNodeKind.Layer || before.Contains(node)))
                nodes.Add(new(node.Output[0], node.OpType, kind, Inputs(node, kind), Grid(graph, node, kind, values)));
            else if (before.Contains(node) && !IsClip(node))
                floats.Add(node.OpType);
        return nodes.Any(node => node.Kind == QuantizedNodeKind.Layer) ? new(lifted, input, nodes, floats)
            : throw new ModelException($"{model.Path}: between '{input}' and '{string.Join(", ", values)}' there is no "
                + "Conv, Gemm or MatMul with stored weights that could be quantised.");
    }

    /// <summary>The model in whole numbers.</summary>
    /// <param name="calibration">What was observed of it.</param>
    /// <param name="options">How it is quantised.</param>
    /// <exception cref="InvalidOperationException">Nothing was observed, or a value was not finite.</exception>
    /// <exception cref="ArgumentException">An option is out of range, or names a value that no node computes.</exception>
    public OnnxModel Apply(Calibration calibration, QuantizationOptions options)
    {
        options.Check();
        if (options.Floats.FirstOrDefault(name => Nodes.All(node => node.Value != name)) is { } unknown)
            throw new ArgumentException($"{nameof(options.Floats)} has '{unknown}', which no node computes that may be "
                + $"quantised; those are {string.Join(", ", Nodes.Select(node => $"'{node.Value}'"))}.");
        var pairs = new QdqWriter(this, calibration, options).Write([.. Nodes.Where(node => !options.Floats.Contains(node.Value))]);
        return options.WholeOperators ? OperatorForm.Of(pairs) : pairs;
    }

    /// <summary>Whether an activation only clips, so that a grid from its range does its work.</summary>
    internal static bool IsClip(NodeProto node) => node.OpType is "Relu" or "Clip";

    private static HashSet<string> Reached(List<NodeProto> order, string input)
    {
        var reached = new HashSet<string> { input };
        foreach (var node in order)
            if (ValueGraph.DataInputs(node).Any(reached.Contains))
                reached.UnionWith(node.Output);
        return reached;
    }

    // Operators that a layer follows.
    private static HashSet<NodeProto> BeforeLayers(ValueGraph graph, List<NodeProto> order)
    {
        var (before, read) = (new HashSet<NodeProto>(ReferenceEqualityComparer.Instance), new HashSet<string>());
        foreach (var node in order.AsEnumerable().Reverse())
        {
            if (node.Output.Any(read.Contains))
                before.Add(node);
            if (before.Contains(node) || IsLayer(graph, node))
                read.UnionWith(ValueGraph.DataInputs(node));
        }
        return before;
    }

    private static QuantizedNodeKind? Kind(ValueGraph graph, NodeProto node, HashSet<string> reached)
    {
        if (node.Domain is not ("" or "ai.onnx"))
            return null;
        if (IsLayer(graph, node))
            return QuantizedNodeKind.Layer;
        if (Arithmetic.Contains(node.OpType) && node.Input.All(reached.Contains))
            return QuantizedNodeKind.Arithmetic;
        var nearest = node.OpType != "Resize" || AttributeValues.Read(node).Text("mode", "nearest") == "nearest";
        return Moves.Contains(node.OpType) && nearest ? QuantizedNodeKind.Move : null;
    }

    private static bool IsLayer(ValueGraph graph, NodeProto node)
    {
        if (!(node.OpType is "Conv" or "Gemm" or "MatMul") || graph.Constant(node.Input[1]) is not { } weight
            || !weight.Type.IsFloat() || weight.Shape.Rank < 2)
            return false;
        var attributes = AttributeValues.Read(node);
        return (node.Input.Count < 3 || node.Input[2].Length == 0 || graph.Constant(node.Input[2]) is not null)
            && (node.OpType != "Gemm" || attributes.Float("alpha", 1) == 1 && attributes.Float("beta", 1) == 1
                && attributes.Int("transA", 0) == 0)
            && (node.OpType != "MatMul" || weight.Shape.Rank == 2);
    }

    private static IReadOnlyList<string> Inputs(NodeProto node, QuantizedNodeKind kind) =>
        kind == QuantizedNodeKind.Arithmetic ? [.. node.Input] : [node.Input[0]];

    // What a Relu or Clip alone reads needs no grid of its own.
    private static string Grid(
        ValueGraph graph, NodeProto node, QuantizedNodeKind kind, IReadOnlyList<string> values) =>
        kind == QuantizedNodeKind.Move ? node.Input[0]
        : graph.Readers(node.Output[0]) is [{ } next] && IsClip(next) && next.Input[0] == node.Output[0]
            && !values.Contains(node.Output[0]) && !graph.Model.OutputNames.Contains(node.Output[0])
            ? next.Output[0] : node.Output[0];
}
