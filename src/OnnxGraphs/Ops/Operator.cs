using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

/// <summary>Element types and shapes of a node's outputs, from its inputs and attributes.</summary>
internal delegate IReadOnlyList<TypedShape> Inference(Node x);

/// <summary>
/// The gradients of a node's inputs from the gradient <paramref name="dy"/> of its first output <paramref name="y"/>.
/// Null means no gradient; broadcasting is undone by the caller.
/// </summary>
internal delegate Var?[] GradientRule(Var dy, Node x, Var y);

/// <summary>
/// The rule of a node with several differentiable outputs; an entry of <paramref name="dy"/> may be null.
/// </summary>
internal delegate Var?[] ManyGradientRule(IReadOnlyList<Var?> dy, Node x);

/// <summary>What is known of one ONNX operator type.</summary>
internal sealed record Operator(Inference Infer, ManyGradientRule? Gradient)
{
    public Operator(Inference infer, GradientRule gradient)
        : this(infer, (dy, x) => dy.Skip(1).Any(other => other is not null) ? throw SeveralOutputs(x)
            : dy[0] is { } first ? gradient(first, x, x.Outputs[0]) : []) { }

    /// <summary>An operator that can be run but not differentiated.</summary>
    public Operator(Inference infer) : this(infer, (ManyGradientRule?)null) { }

    /// <summary>The rule works on each element alone: a smaller dy may stand for its broadcast form.</summary>
    public bool Elementwise { get; init; }

    /// <summary>The rule takes a dy in broadcast form: smaller than the output, to be repeated over it.</summary>
    public bool TakesBroadcast { get; init; }

    /// <summary>
    /// Whether a node's derivative is infinite somewhere: a zero dy from a Where must stay zero there.
    /// </summary>
    public Func<Node, bool> Steep { get; init; } = _ => false;

    /// <summary>Which nodes the rule holds for, where their attributes decide it.</summary>
    public Func<Node, bool> Covers { get; init; } = _ => true;

    /// <summary>For docs/operators.md: limits of the rule, or why there is none.</summary>
    public string Remark { get; init; } = "";

    /// <summary>What the operator equals, as an expression of simpler ones on its inputs: its gradient is that of the
    /// expression.</summary>
    public Func<Node, Var?[], Var>? Expression { get; init; }

    /// <summary>Whether there is a rule for its gradient.</summary>
    public bool IsDifferentiable => Gradient is not null || Expression is not null;

    /// <summary>Whether gradients pass the operator.</summary>
    public GradientSupport Support { get; init; } = Gradient is null ? GradientSupport.No : GradientSupport.Yes;

    /// <summary>An operator that equals an expression of simpler ones.</summary>
    public static Operator Composed(Inference infer, Func<Node, Var?[], Var> expression) =>
        new(infer) { Expression = expression, Support = GradientSupport.Yes };

    /// <summary>An operator that cannot lie on a training path; the reason goes into the error.</summary>
    public static Operator Refused(string reason) =>
        new(x => throw new GraphException($"{x}: {reason}; cut the model before it."))
        { Support = GradientSupport.Refused, Remark = reason };

    /// <summary>An operator through which no gradient flows, because its derivative is zero or undefined.</summary>
    public static Operator Flat(Inference infer, string reason) => new(infer, Stops)
        { Support = GradientSupport.Stops, Remark = reason };

    /// <summary>The rule of operators whose derivative is zero or undefined: nothing flows back.</summary>
    private static readonly GradientRule Stops = (_, _, _) => [];

    private static GraphException SeveralOutputs(Node x) =>
        new($"{x}: gradients flow through its first output only, but another one is used as well; "
            + "compute that one separately.");
}

/// <summary>Operators by ONNX type: one table for expressions and imported graphs alike.</summary>
internal sealed class OperatorTable : Dictionary<string, Operator>
{
    public OperatorTable() : base(StringComparer.Ordinal) { }

    public static OperatorTable Merge(params OperatorTable[] tables)
    {
        var all = new OperatorTable();
        foreach (var (op, rule) in tables.SelectMany(table => table))
            all.Add(op, rule);
        return all;
    }
}
