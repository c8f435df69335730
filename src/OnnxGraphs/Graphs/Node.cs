namespace OnnxGraphs.Graphs;

/// <summary>One operator of a graph with its inputs, attributes and outputs.</summary>
public sealed class Node
{
    internal Node(Graph graph, int index, string name, string op, IReadOnlyList<Var?> inputs, Attributes attributes)
    {
        (Graph, Index, Name, Op, Inputs, Attributes) = (graph, index, name, op, inputs, attributes);
    }

    /// <summary>The graph that holds the node.</summary>
    public Graph Graph { get; }

    /// <summary>Place in the order of computation.</summary>
    public int Index { get; }

    /// <summary>The node's name; may be empty in imported graphs.</summary>
    public string Name { get; }

    /// <summary>Stands between the domain and the type of an operator that is not a standard one.</summary>
    internal const string DomainMark = "::";

    /// <summary>ONNX operator type, for example <c>Conv</c> or <c>com.microsoft::ConvGrad</c>.</summary>
    public string Op { get; }

    /// <summary>The inputs; null where an optional one is left out.</summary>
    public IReadOnlyList<Var?> Inputs { get; }

    /// <summary>The attributes.</summary>
    public Attributes Attributes { get; }

    /// <summary>The outputs.</summary>
    public IReadOnlyList<Var> Outputs { get; internal set; } = [];

    /// <summary>An input that the operator requires.</summary>
    public Var Input(int i) => Optional(i) ?? throw new GraphException($"{this} lacks its input {i}.");

    /// <summary>An input that the operator requires; short form for gradient rules.</summary>
    public Var this[int i] => Input(i);

    /// <summary>An input that may be left out.</summary>
    public Var? Optional(int i) => i < Inputs.Count ? Inputs[i] : null;

    /// <summary>
    /// The value of an input that must not depend on the graph's inputs, such as the target shape of Reshape.
    /// </summary>
    public Tensor Constant(int i) => Input(i).TryConstant() ?? throw new GraphException(
        $"{this}: input {i} ('{Input(i).Name}') must be a constant, but it depends on the graph's inputs.");

    /// <summary>Operator, name and input shapes, for messages.</summary>
    public override string ToString() =>
        $"{Op}{(Name.Length > 0 ? $" '{Name}'" : "")}"
        + $"({string.Join(", ", Inputs.Select(v => v is null ? "-" : $"{v.Name} {v.Shape}"))})";
}
