using OnnxGraphs.Ops;

namespace OnnxGraphs.Graphs;

/// <summary>A value of a graph: an immutable, typed handle with a fixed shape. Expressions on it build nodes.</summary>
public sealed class Var
{
    private Tensor? _constant;

    internal Var(Graph graph, string name, ElementType type, TensorShape shape, Node? node = null,
        Tensor? constant = null)
    {
        (Graph, Name, Type, Shape, Node, _constant) = (graph, name, type, shape, node, constant);
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
    public bool IsConstant => Node is null && _constant is not null;

    /// <summary>Whether the value can change from run to run.</summary>
    public bool DependsOnInput { get; }

    /// <summary>The value as far as it is known by now, without computing it.</summary>
    internal Tensor? Known => _constant;

    /// <summary>
    /// The value where it depends on no input of the graph (computed and kept on first use), else null.
    /// </summary>
    public Tensor? TryConstant() => 
        _constant ??= Node is null || DependsOnInput ? null : ConstantFolding.Evaluate(this);

    /// <summary>Elementwise sum, broadcast.</summary>
    public static Var operator +(Var a, Var b) => Op.Add(a, b);

    /// <summary>Elementwise difference, broadcast.</summary>
    public static Var operator -(Var a, Var b) => Op.Sub(a, b);

    /// <summary>Elementwise product, broadcast.</summary>
    public static Var operator *(Var a, Var b) => Op.Mul(a, b);

    /// <summary>Elementwise quotient, broadcast.</summary>
    public static Var operator /(Var a, Var b) => Op.Div(a, b);

    /// <summary>Elementwise negation.</summary>
    public static Var operator -(Var a) => Op.Neg(a);

    /// <summary>Sum with a number.</summary>
    public static Var operator +(Var a, float b) => b == 0 ? a : a + a.Like(b);

    /// <summary>Sum with a number.</summary>
    public static Var operator +(float a, Var b) => b + a;

    /// <summary>Difference to a number.</summary>
    public static Var operator -(Var a, float b) => b == 0 ? a : a - a.Like(b);

    /// <summary>Difference of a number.</summary>
    public static Var operator -(float a, Var b) => b.Like(a) - b;

    /// <summary>Product with a number.</summary>
    public static Var operator *(Var a, float b) => b == 1 ? a : a * a.Like(b);

    /// <summary>Product with a number.</summary>
    public static Var operator *(float a, Var b) => b * a;

    /// <summary>Quotient by a number.</summary>
    public static Var operator /(Var a, float b) => b == 1 ? a : a / a.Like(b);

    /// <summary>Quotient of a number.</summary>
    public static Var operator /(float a, Var b) => b.Like(a) / b;

    /// <summary>A scalar constant of this value's element type.</summary>
    public Var Like(double value) => Graph.Constant(Tensor.Scalar(Type, value));

    /// <summary>Name, type and shape, for messages.</summary>
    public override string ToString() => $"{Name}: {Type} {Shape}";
}
