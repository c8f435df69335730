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

    /// <summary>Whether the operator exists in expressions only and stands for its first input.</summary>
    internal bool IsPseudo => Op is "Detach" or "WithGradient" or "WithKernel";

    /// <summary>The dimensions that a Shape node returns (attributes start and end may cut them).</summary>
    internal long[] ShapeSlice()
    {
        var dims = this[0].Shape.ToArray();
        var (start, end) = (Attributes.Int("start", 0), Attributes.Int("end", dims.Length));
        long Limit(long i) => Math.Clamp(i < 0 ? i + dims.Length : i, 0, dims.Length);
        return Limit(end) <= Limit(start) ? [] : dims[(int)Limit(start)..(int)Limit(end)];
    }

    /// <summary>Operator, name and input shapes, for messages.</summary>
    public override string ToString() =>
        $"{Op}{(Name.Length > 0 ? $" '{Name}'" : "")}"
        + $"({string.Join(", ", Inputs.Select(v => v is null ? "-" : $"{v.Name} {v.Shape}"))})";
}
