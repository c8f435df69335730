using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>
    /// Sum over axes, kept as 1 unless <paramref name="keep"/> is false. Null axes mean all of them, an empty list
    /// none.
    /// </summary>
    public static Var ReduceSum(Var x, long[]? axes = null, bool keep = true) => Reduce("ReduceSum", x, axes, keep);

    /// <summary>Mean over axes.</summary>
    public static Var ReduceMean(Var x, long[]? axes = null, bool keep = true) => Reduce("ReduceMean", x, axes, keep);

    /// <summary>Largest value over axes; equal ones share the gradient.</summary>
    public static Var ReduceMax(Var x, long[]? axes = null, bool keep = true) => Reduce("ReduceMax", x, axes, keep);

    /// <summary>Smallest value over axes; equal ones share the gradient.</summary>
    public static Var ReduceMin(Var x, long[]? axes = null, bool keep = true) => Reduce("ReduceMin", x, axes, keep);

    /// <summary>
    /// Sum of all elements as a scalar, in two stages: one full reduction in float32 loses digits on millions of
    /// elements.
    /// </summary>
    public static Var SumAll(Var x) => x.Shape.Rank < 2
        ? ReduceSum(x, keep: false)
        : ReduceSum(ReduceSum(x, [-1], keep: false), keep: false);

    /// <summary>Running sum along an axis.</summary>
    public static Var CumSum(Var x, int axis, bool exclusive = false, bool reverse = false) => Apply("CumSum",
        [x, x.Graph.Constant(Tensor.Scalar(ElementType.Int64, axis))],
        new() { { "exclusive", exclusive ? 1 : 0 }, { "reverse", reverse ? 1 : 0 } });

    /// <summary>Index of the largest value along an axis; the lowest index at a tie.</summary>
    public static Var ArgMax(Var x, int axis, bool keep = true) =>
        Apply("ArgMax", [x], new() { { "axis", axis }, { "keepdims", keep ? 1 : 0 } });

    private static Var Reduce(string op, Var x, long[]? axes, bool keep) => axes is [] ? x : Apply(op,
        axes is null ? [x] : [x, x.Graph.Constant(axes)], new() { { "keepdims", keep ? 1 : 0 } });

    private const string Places = "its result is a place";

    private static OperatorTable Reductions() => new()
    {
        ["ReduceSum"]       = new(Reduced, (dy, x, y) => [Kept(dy, x)]) { TakesBroadcast = true },
        ["ReduceMean"]      = new(Reduced, (dy, x, y) => [Kept(dy, x) * ((float)y.Shape.Size / x[0].Shape.Size)])
                                  { TakesBroadcast = true },
        ["ReduceSumSquare"] = new(Reduced, (dy, x, y) => [Kept(dy, x) * x[0] * 2f]),
        ["ReduceL1"]        = new(Reduced, (dy, x, y) => [Kept(dy, x) * Sign(x[0])]),
        ["ReduceL2"]        = new(Reduced, (dy, x, y) => [Kept(dy, x) * x[0] / Max(Kept(y, x), y.Like(1e-30))]),
        ["ReduceLogSum"]    = new(Reduced, (dy, x, y) => [Kept(dy, x) / Exp(Kept(y, x))]),
        ["ReduceLogSumExp"] = new(Reduced, (dy, x, y) => [Kept(dy, x) * Exp(x[0] - Kept(y, x))]),
        ["ReduceProd"]      = new(Reduced, (dy, x, y) => [Kept(dy, x) * OtherFactors(x)]),
        ["ReduceMax"]       = new(Reduced, SharedGradient),
        ["ReduceMin"]       = new(Reduced, SharedGradient),
        ["CumSum"]          = new(CumSumShape, (dy, x, y) => [CumSum(dy, (int)x.Constant(1).ToInt64()[0],
                                  x.Attributes.Flag("exclusive"), !x.Attributes.Flag("reverse"))]),
        ["ArgMax"]          = Operator.Flat(ArgReduced, Places),
        ["ArgMin"]          = Operator.Flat(ArgReduced, Places),
    };

    private static IReadOnlyList<TypedShape> CumSumShape(Node x)
    {
        x[0].Shape.Axis(x.Constant(1).ToInt64()[0]);
        return Same(x);
    }

    private static Var?[] SharedGradient(Var dy, Node x, Var y)
    {
        var chosen = Cast(Equal(x[0], Kept(y, x)), dy.Type);
        return [Kept(dy, x) * chosen / ReduceSum(chosen, ReducedAxes(x))];
    }

    // For each element the product of the others on its axes: over the elements that are not 0, and 0 if another one is
    // 0.
    private static Var OtherFactors(Node x)
    {
        var (isZero, axes) = (Equal(x[0], x[0].Like(0)), ReducedAxes(x));
        var (zero, factor) = (Cast(isZero, x[0].Type), Where(isZero, x[0].Like(1), x[0]));
        var otherZeros = ReduceSum(zero, axes) - zero;
        return Reduce("ReduceProd", factor, axes, true) / factor * (1f - Positive(otherZeros));
    }

    // A reduced value, or its broadcast form, with its axes back in place as 1.
    private static Var Kept(Var reduced, Node x)
    {
        if (reduced.Shape.Size == 1 || x.Attributes.Flag("keepdims", true))
            return reduced;
        if (reduced.Shape == x.Outputs[0].Shape)
            return Reshape(reduced, KeptShape(x));
        var missing = x.Outputs[0].Shape.Rank - reduced.Shape.Rank;
        var whole = Reshape(reduced, new TensorShape([.. Enumerable.Repeat(1L, missing), .. reduced.Shape]));
        return Unsqueeze(whole, ReducedAxes(x));
    }

    private static long[] ReducedAxes(Node x) => ReducedAxes(x.Optional(1), x.Attributes, x[0].Shape);

    /// <summary>The axes that a reduction goes along, from 0, by its optional input of axes and its attributes.</summary>
    internal static long[] ReducedAxes(Var? given, Attributes attributes, TensorShape shape)
    {
        var axes = given is null ? attributes.Ints("axes") ?? [] : given.TryConstant()?.ToInt64()
            ?? throw new GraphException($"The axes '{given.Name}' of a reduction must be a constant, but they depend on "
                + "the graph's inputs.");
        return axes.Length > 0 ? [.. axes.Select(axis => (long)shape.Axis(axis))]
            : attributes.Flag("noop_with_empty_axes") ? []
                : [.. Enumerable.Range(0, shape.Rank).Select(i => (long)i)];
    }

    private static TensorShape KeptShape(Node x)
    {
        var axes = ReducedAxes(x);
        return new([.. x[0].Shape.Select((dim, axis) => axes.Contains(axis) ? 1 : dim)]);
    }

    private static IReadOnlyList<TypedShape> Reduced(Node x)
    {
        var axes = ReducedAxes(x);
        return [new(x[0].Type, x.Attributes.Flag("keepdims", true) ? KeptShape(x)
            : new([.. x[0].Shape.Where((_, axis) => !axes.Contains(axis))]))];
    }

    private static IReadOnlyList<TypedShape> ArgReduced(Node x)
    {
        var axis = x[0].Shape.Axis(x.Attributes.Int("axis", 0));
        return [new(ElementType.Int64, x.Attributes.Flag("keepdims", true) ? x[0].Shape.With(axis, 1)
            : new([.. x[0].Shape.Where((_, i) => i != axis)]))];
    }
}
