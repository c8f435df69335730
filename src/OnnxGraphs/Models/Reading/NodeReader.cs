using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Models;

/// <summary>Appends the nodes of a model, or of a graph inside one of its nodes, to a graph.</summary>
internal sealed class NodeReader
{
    // A loop may hold others, and a damaged file any number for its count.
    private const int MostNodesOfLoops = 100_000;

    private readonly Dictionary<string, Var> _values = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, TensorProto> _stored;
    private readonly NodeReader? _outer;

    public NodeReader(Graph graph, IReadOnlyDictionary<string, TensorProto> stored, ReadOptions options,
        IReadOnlyDictionary<string, int> uses) => (Graph, _stored, Options, Uses) = (graph, stored, options, uses);

    private NodeReader(NodeReader outer)
        : this(outer.Graph, outer._stored, outer.Options, new Dictionary<string, int>()) => _outer = outer;

    public Graph Graph { get; }

    public ReadOptions Options { get; }

    /// <summary>How often each value is read.</summary>
    public IReadOnlyDictionary<string, int> Uses { get; }

    public void Define(string name, Var value) => _values[name] = value;

    public Var Value(string name) => Find(name) ?? throw new GraphException($"'{name}' is read, but nothing computes "
        + "or stores it; the file is damaged, export it again.");

    /// <summary>The element type that a stored tensor has in the file; null where the name is none.</summary>
    public ElementType? StoredType(string name) =>
        _stored.TryGetValue(name, out var tensor) ? (ElementType)tensor.DataType : null;

    /// <summary>Appends one node and defines its outputs.</summary>
    public void Append(NodeProto node)
    {
        if (node.Domain is not ("" or "ai.onnx"))
            throw new GraphException($"Operator {node.Domain}.{node.OpType} '{node.Name}' is not a standard ONNX "
                + "operator; export the model without optimisations for one runtime, or cut it before this node.");
        if (_outer is not null && Graph.Nodes.Count > MostNodesOfLoops)
            throw new GraphException($"The model grows to more than {MostNodesOfLoops} nodes; cut it before its "
                + "loops.");
        var inputs = node.Input.Select(name => name.Length == 0 ? null : Input(name, node)).ToList();
        var results = Results(node, inputs);
        for (var i = 0; i < Math.Min(node.Output.Count, results.Count); i++)
            if (node.Output[i].Length > 0)
                _values[node.Output[i]] = results[i];
    }

    /// <summary>The outputs of a graph inside a node, for these values of its inputs.</summary>
    public IReadOnlyList<Var> Run(GraphProto body, IReadOnlyList<Var> arguments)
    {
        var inner = new NodeReader(this);
        foreach (var tensor in body.Initializer)
            inner.Define(tensor.Name, Graph.Constant(tensor.ToTensor()));
        foreach (var (input, argument) in body.Input.Zip(arguments))
            inner.Define(input.Name, argument);
        foreach (var node in body.Node)
            inner.Append(node);
        return [.. body.Output.Select(output => inner.Value(output.Name))];
    }

    private IReadOnlyList<Var> Results(NodeProto node, IReadOnlyList<Var?> inputs)
    {
        if (node.OpType == "If")
            return ControlFlow.If(this, node, inputs);
        if (node.OpType == "Loop")
            return ControlFlow.Loop(this, node, inputs);
        var attributes = AttributeValues.Read(node);
        if (node.OpType == "Constant")
            return [_outer is null ? Graph.Constant(node.Output[0], ConstantNode.Value(attributes))
                : Graph.Constant(ConstantNode.Value(attributes))];
        if (OtherForms.Read(this, node, inputs, attributes) is { } value)
            return [value];
        // Inside a loop the same names come again each time.
        return Op.Append(Graph, node.OpType, inputs, attributes, node.Name, _outer is null ? [.. node.Output] : null,
            node.Output.Count).Outputs;
    }

    private Var? Find(string name) => _values.GetValueOrDefault(name) ?? _outer?.Find(name);

    private Var Input(string name, NodeProto node) => Find(name) ?? throw new GraphException(
        $"{node.OpType} '{node.Name}' reads '{name}', which nothing before it computes; the file is damaged, "
            + "export it again.");
}
