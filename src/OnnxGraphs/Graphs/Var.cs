namespace OnnxGraphs.Graphs;

/// <summary>
/// A value of a graph: an immutable, typed handle with a fixed shape. Expressions on it (<c>OnnxGraphs.Ops</c>) build
/// nodes.
/// </summary>
public sealed class Var
{
        internal Var(Graph graph, string name, ElementType type, TensorShape shape, Node? node = null,
        Tensor? constant = null)
    {
        (Graph, Name, Type, Shape, Node, Known) = (graph, name, type, shape, node, constant);
        DependsOnInput = node is null ? constant is null
            : node.Op is not ("Shape" or "Size") && node.Inputs.Any(input => input is { DependsOnInput: true });
    }

    /// <summary>The graph that the value belongs to.</summary>
    public Graph Graph { get; }

    /// <summary>Unique name in the graph.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public ElementType Type { get; }

    /// <summary>Dimensions.</summary>
    public TensorShape Shape { get; }

    /// <summary>The node that computes the value; null for inputs and constants.</summary>
    public Node? Node { get; }

    /// <summary>Whether the value is stored in the graph as a constant.</summary>
    public bool IsConstant => Node is null && Known is not null;

    /// <summary>Whether the value can change from run to run.</summary>
    public bool DependsOnInput { get; }

    /// <summary>The value as far as it is known by now, without computing it.</summary>
    internal Tensor? Known { get; set; }

    /// <summary>Whether a gradient can flow to the value: a float that changes from run to run.</summary>
    internal bool IsVariable => DependsOnInput && Type.IsFloat();

    /// <summary>A scalar constant of this value's element type.</summary>
    public Var Like(double value) => Graph.Constant(Tensor.Scalar(Type, value));

    /// <summary>Name, type and shape, for messages.</summary>
    public override string ToString() => $"{Name}: {Type} {Shape}";
}
