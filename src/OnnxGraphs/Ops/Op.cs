using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

/// <summary>
/// ONNX operators as functions on <see cref="Var"/>. Shapes and types are checked at the call; a
/// <see cref="GraphException"/> names the operator, its inputs and the remedy. Semantics:
/// https://onnx.ai/onnx/operators/, opset 21.
/// </summary>
public static partial class Op
{
    internal static OperatorTable Table { get; } = OperatorTable.Merge(
        Arithmetic(), Trigonometry(), Choices(), Activations(), Logic(), Reductions(), Shapes(), Layouts(), Slicing(),
        Padding(), Selection(), Scattering(), Products(), Einsums(), Convolutions(), Poolings(), Resizes(), Sampling(),
        RegionSampling(), Normalizations(), VectorNormalizations(), Quantization(), Refusals(), Pseudo());

    /// <summary>ONNX operator types that have a gradient rule, in alphabetical order.</summary>
    public static IReadOnlyList<string> Differentiable { get; } =
        [.. Table.Where(pair => pair.Value.IsDifferentiable).Select(pair => pair.Key)
            .Order(StringComparer.Ordinal)];

    /// <summary>All ONNX operator types that are known here; docs/operators.md lists them.</summary>
    public static IReadOnlyDictionary<string, OperatorSupport> Support { get; } = Table
        .Where(pair => pair.Key is not ("Detach" or "WithGradient" or "WithKernel"))
        .ToDictionary(pair => pair.Key, pair => new OperatorSupport(pair.Value.Support, pair.Value.Remark));

    /// <summary>Applies an operator with one output.</summary>
    public static Var Apply(string op, IReadOnlyList<Var?> inputs, Attributes? attributes = null) =>
        Apply(op, inputs, attributes, 1)[0];

    /// <summary>Applies an operator with several outputs.</summary>
    public static IReadOnlyList<Var> Apply(string op, IReadOnlyList<Var?> inputs, Attributes? attributes, int outputs)
    {
        var graph = inputs.First(v => v is not null)!.Graph;
        return Append(graph, op, inputs, attributes ?? Attributes.None, "", null, outputs).Outputs;
    }

    internal static Node Append(Graph graph, string op, IReadOnlyList<Var?> inputs, Attributes attributes, string name,
        IReadOnlyList<string>? outputNames, int outputs)
    {
        var what = $"{op}{(name.Length > 0 ? $" '{name}'" : "")}";
        if (!Table.TryGetValue(op, out var rule))
            throw new GraphException($"Operator {what} is not known here; cut the model before it, "
                + "or see docs/operators.md.");
        if (inputs.FirstOrDefault(v => v is not null && v.Graph != graph) is { } foreign)
            throw new GraphException($"{what}: input '{foreign.Name}' belongs to another graph.");
        return graph.Append(op, inputs, attributes, name, outputNames, outputs, node => Inferred(rule, node));
    }

    private static IReadOnlyList<TypedShape> Inferred(Operator rule, Node x)
    {
        try
        {
            return rule.Infer(x);
        }
        catch (GraphException error) when (!error.Message.StartsWith(x.Op, StringComparison.Ordinal))
        {
            throw new GraphException($"{x}: {error.Message}", error);
        }
        // Ranks, places and counts that do not fit end in one of the runtime's own exceptions.
        catch (SystemException error) when (error is not (GraphException or IOException or OutOfMemoryException))
        {
            throw new GraphException($"{x} has inputs or attributes of the wrong number, type or rank for {x.Op}.",
                error);
        }
    }

    private static Var Unary(string op, Var x) => Apply(op, [x]);

    private static IReadOnlyList<TypedShape> Same(Node x) => [new(x[0].Type, x[0].Shape)];

    private static IReadOnlyList<TypedShape> Broadcast(Node x) => x[1] is not null ? BroadcastAll(x) : [];

    private static IReadOnlyList<TypedShape> BroadcastAll(Node x) => [new(x[0].Type, BroadcastShape(x))];

    private static IReadOnlyList<TypedShape> BroadcastBool(Node x) => [new(ElementType.Bool, Broadcast(x)[0].Shape)];

    private static TensorShape BroadcastShape(Node x)
    {
        var shape = x[0].Shape;
        foreach (var other in x.Inputs.Skip(1))
        {
            if (other!.Type != x[0].Type)
                throw new GraphException($"{x}: element types {x[0].Type} and {other.Type} differ; insert a Cast.");
            shape = TensorShape.Broadcast(shape, other.Shape) ??
                throw new GraphException($"{x}: shapes {shape} and {other.Shape} cannot be broadcast together.");
        }
        return shape;
    }

    private static void Expect(Node x, bool holds, string what)
    {
        if (!holds)
            throw new GraphException($"{x}: expected {what}.");
    }

    // Some rules list places or write a matrix down; an honest model needs few entries.
    internal static void ExpectSmall(Node x, params ReadOnlySpan<long> factors)
    {
        const long Most = 1L << 24;
        var entries = 1L;
        foreach (var factor in factors)
            entries = factor <= Most / Math.Max(1, entries) ? entries * factor : throw new GraphException(
                $"{x}: its gradient needs a table of more than {Most} entries; cut the model before it.");
    }

    private static bool IsIndex(Var x) => x.Type is ElementType.Int64 or ElementType.Int32;

    // Whether a shape can be broadcast to another one without changing that.
    private static bool FitsInto(TensorShape small, TensorShape shape) =>
        shape.Equals(TensorShape.Broadcast(small, shape));

    private static Operator Each(Inference infer, GradientRule rule) => new(infer, rule) { Elementwise = true };

    private static Operator Steep(Inference infer, GradientRule rule) => Each(infer, rule) with { Steep = _ => true };
}
