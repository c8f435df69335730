using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>The larger of two values; where equal, each takes half of the gradient.</summary>
    public static Var Max(Var a, Var b) => Apply("Max", [a, b]);

    /// <summary>The smaller of two values; where equal, each takes half of the gradient.</summary>
    public static Var Min(Var a, Var b) => Apply("Min", [a, b]);

    /// <summary>x limited to [min, max], ends included in the gradient.</summary>
    public static Var Clip(Var x, float? min, float? max) => Apply("Clip",
        [x, min is { } low ? x.Like(low) : null, max is { } high ? x.Like(high) : null]);

    /// <summary>a where the condition holds, else b. No gradient reaches the branch not taken, not even NaN where its
    /// derivative is infinite.</summary>
    public static Var Where(Var condition, Var a, Var b) => Apply("Where", [condition, a, b]);

    private static OperatorTable Choices() => new()
    {
        ["Max"]   = Each(BroadcastAll, (dy, x, y) => Extremum(dy, x, 1f)),
        ["Min"]   = Each(BroadcastAll, (dy, x, y) => Extremum(dy, x, -1f)),
        ["Clip"]  = Each(Same, ClipGradient),
        ["Where"] = Each(WhereShape, (dy, x, y) =>
                        [null, Where(x[0], dy, dy.Like(0)), Where(x[0], dy.Like(0), dy)]),
    };

    // dy where x is within its limits; the rest goes to the limit that took the place of x. Not where x = y: a runtime may
    // round one of the two only.
    private static Var?[] ClipGradient(Var dy, Node x, Var y) =>
    [
        Within(x, y) is { } within ? dy * Cast(within, dy.Type) : dy,
        x.Optional(1) is { DependsOnInput: true } low ? dy * Cast(Less(x[0], low), dy.Type) : null,
        x.Optional(2) is { DependsOnInput: true } high ? dy * Cast(Greater(x[0], high), dy.Type) : null,
    ];

    // ReLU6 lets nothing pass at its ends, as torch.nn.ReLU6, and so its result says all; torch.clamp includes its ends.
    private static Var? Within(Node x, Var y)
    {
        if (IsLimit(x, 1, 0) && IsLimit(x, 2, 6))
            return And(Greater(y, y.Like(0)), Less(y, y.Like(6)));
        var above = x.Optional(1) is { } low ? GreaterOrEqual(x[0], low) : null;
        var below = x.Optional(2) is { } high ? LessOrEqual(x[0], high) : null;
        return above is null ? below : below is null ? above : And(above, below);
    }

    private static bool IsLimit(Node x, int input, float value) => x.Optional(input) is { Shape.Size: 1 } given
        && given.TryConstant() is { Type: ElementType.Float32 } limit && limit.Values<float>()[0] == value;

    // Of two operands, the larger (sign 1) or smaller (sign -1) takes dy: (sign(a - b) + 1) / 2 is 1, 1/2 at a tie, or
    // 0.
    private static Var?[] Extremum(Var dy, Node x, float sign)
    {
        if (x.Inputs.Count == 1)
            return [dy];
        if (x.Inputs.Count > 2)
            return SharedExtremum(dy, x, x.Outputs[0]);
        var first = Sign(x[0] - x[1]) * (0.5f * sign) + 0.5f;
        return [dy * first, dy * (1f - first)];
    }

    // Of many operands, those that equal the extremum share dy.
    private static Var?[] SharedExtremum(Var dy, Node x, Var y)
    {
        Var[] chosen = [.. x.Inputs.Select(input => Cast(Equal(input!, y), dy.Type))];
        var share = dy / Apply("Sum", chosen);
        return [.. chosen.Select(one => share * one)];
    }

    private static IReadOnlyList<TypedShape> WhereShape(Node x)
    {
        if (x[0].Type != ElementType.Bool)
            throw new GraphException($"{x}: the condition is {x[0].Type}, expected Bool; compare it with something.");
        if (x[1].Type != x[2].Type)
            throw new GraphException($"{x}: element types {x[1].Type} and {x[2].Type} differ; insert a Cast.");
        var shape = TensorShape.Broadcast(x[1].Shape, x[2].Shape) is { } both ? TensorShape.Broadcast(x[0].Shape, both)
            : null;
        return [new(x[1].Type, shape ?? throw new GraphException($"{x}: the shapes cannot be broadcast together."))];
    }
}
