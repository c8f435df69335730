namespace OnnxGraphs.Graphs;

/// <summary>
/// A computation under construction. Nodes are only ever appended, so their order is an order of computation; equal
/// nodes are built once.
/// </summary>
public sealed class Graph
{
    private readonly List<Node> _nodes = [];
    private readonly List<Var> _inputs = [];
    private readonly List<Var> _outputs = [];
    private readonly Dictionary<string, Var> _vars = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Var> _constants = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reserved = new(StringComparer.Ordinal);
    private readonly List<PartSum> _sums = [];
    private int _fresh;

    /// <summary>Nodes in the order of computation.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Values that the caller feeds.</summary>
    public IReadOnlyList<Var> Inputs => _inputs;

    /// <summary>Values that the caller receives.</summary>
    public IReadOnlyList<Var> Outputs => _outputs;

    /// <summary>Declares a value that the caller feeds.</summary>
    public Var Input(string name, ElementType type, TensorShape shape)
    {
        var input = Register(new(this, Unused(name), type, shape));
        _inputs.Add(input);
        return input;
    }

    /// <summary>Declares a float32 input.</summary>
    public Var Input(string name, params ReadOnlySpan<long> dims) => Input(name, ElementType.Float32, new(dims));

    /// <summary>A named constant, for example a frozen weight.</summary>
    public Var Constant(string name, Tensor value) =>
        Register(new(this, Unused(name), value.Type, value.Shape, constant: value));

    /// <summary>A constant; equal small ones are shared.</summary>
    public Var Constant(Tensor value)
    {
        if (value.Data.Length > 256)
            return Constant(Fresh("constant"), value);
        var key = $"{value.Type}{value.Shape}{Convert.ToHexString(value.Data)}";
        return _constants.TryGetValue(key, out var known) ? known
            : _constants[key] = Constant(Fresh("constant"), value);
    }

    /// <summary>A constant vector of 64-bit integers: axes, shapes, indices.</summary>
    public Var Constant(params ReadOnlySpan<long> values) => Constant(Tensor.Vector(values));

    /// <summary>Marks a value as one that the caller receives, under the given name.</summary>
    public Var Output(string name, Var value)
    {
        var output = Identity(value, name);
        _outputs.Add(output);
        return output;
    }

    /// <summary>
    /// How many times the places of this graph's batch go into those of the whole batch, where the graph computes a part of
    /// it, and the sums over all parts are fed to it; null where it computes whole batches.
    /// </summary>
    public double? Parts { get; init; }

    /// <summary>Where the graph is cut to add up over the parts of a batch.</summary>
    internal IReadOnlyList<PartSum> Sums => _sums;

    /// <summary>Cuts the graph at a value: it becomes an output, and an input stands for its sum over the parts.</summary>
    internal Var Cut(Var value)
    {
        var name = $"training/sum_{_sums.Count}";
        if (value.Type != ElementType.Float32)
            throw new GraphException($"{value} cannot be summed over the parts of a batch; expected Float32.");
        _sums.Add(new(Output(name + "/part", value), Input(name, value.Type, value.Shape)));
        return _sums[^1].Total;
    }

    /// <summary>Looks a value up by its name; null where there is none.</summary>
    public Var? Find(string name) => _vars.GetValueOrDefault(name);

    /// <summary>Keeps names free for values to come: the graph chooses none of them itself.</summary>
    public void Reserve(IEnumerable<string> names) => _reserved.UnionWith(names);

    /// <summary>Names of all values.</summary>
    public IEnumerable<string> Names => _vars.Keys;

    /// <summary>The value under a name of its own, never shared with an equal node.</summary>
    internal Var Copy(Var value) => Identity(value, Fresh("copy"));

    private Var Identity(Var value, string name) => Append("Identity", [value], Attributes.None, "", [name], 1,
        _ => [new(value.Type, value.Shape)]).Outputs[0];

    internal Node Append(string op, IReadOnlyList<Var?> inputs, Attributes attributes, string name,
        IReadOnlyList<string>? outputNames, int outputs, Func<Node, IReadOnlyList<TypedShape>> infer)
    {
        var key = $"{op}({string.Join(',', inputs.Select(v => v?.Name))}){attributes}#{outputs}";
        if (outputNames is null && _known.TryGetValue(key, out var known))
            return known;
        var node = new Node(this, _nodes.Count, name, op, inputs, attributes);
        var types = infer(node);
        node.Outputs = [.. types.Take(outputs).Select((type, i) =>
            Register(new(this, outputNames?[i] is { Length: > 0 } given ? Unused(given) : Fresh(op), type.Element,
                type.Shape, node)))];
        // Shapes are fixed: what asks for one is a constant, whatever it asks about.
        if (op is "Shape" or "Size")
            node.Outputs[0].Known = op == "Shape" ? Tensor.Vector<long>(node.ShapeSlice())
                : Tensor.Scalar(ElementType.Int64, node[0].Shape.Size);
        _nodes.Add(node);
        _known.TryAdd(key, node);
        return node;
    }

    private Var Register(Var value)
    {
        _vars.Add(value.Name, value);
        return value;
    }

    private string Fresh(string stem)
    {
        string name;
        do
            name = $"{stem}_{_fresh++}";
        while (_vars.ContainsKey(name) || _reserved.Contains(name));
        return name;
    }

    private string Unused(string name) => !_vars.ContainsKey(name) ? name : throw new GraphException(
        $"The graph already has a value named '{name}'; names must be unique.");
}
