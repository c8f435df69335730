using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>a + b, broadcast.</summary>
    public static Var Add(Var a, Var b) => Apply("Add", [a, b]);

    /// <summary>a - b, broadcast.</summary>
    public static Var Sub(Var a, Var b) => Apply("Sub", [a, b]);

    /// <summary>a * b, broadcast.</summary>
    public static Var Mul(Var a, Var b) => Apply("Mul", [a, b]);

    /// <summary>a / b, broadcast.</summary>
    public static Var Div(Var a, Var b) => Apply("Div", [a, b]);

    /// <summary>-x.</summary>
    public static Var Neg(Var x) => Unary("Neg", x);

    /// <summary>|x|; derivative sign(x), 0 at 0.</summary>
    public static Var Abs(Var x) => Unary("Abs", x);

    /// <summary>e^x.</summary>
    public static Var Exp(Var x) => Unary("Exp", x);

    /// <summary>Natural logarithm.</summary>
    public static Var Log(Var x) => Unary("Log", x);

    /// <summary>Square root.</summary>
    public static Var Sqrt(Var x) => Unary("Sqrt", x);

    /// <summary>Error function.</summary>
    public static Var Erf(Var x) => Unary("Erf", x);

    /// <summary>-1, 0 or 1; nothing flows back.</summary>
    public static Var Sign(Var x) => Unary("Sign", x);

    /// <summary>Arcus tangent, in radians.</summary>
    public static Var Atan(Var x) => Unary("Atan", x);

    /// <summary>Largest integer not above x; nothing flows back.</summary>
    public static Var Floor(Var x) => Unary("Floor", x);

    /// <summary>x^exponent. At x = 0 with an exponent below 1 the derivative is taken as 0.</summary>
    public static Var Pow(Var x, float exponent) => exponent switch
    {
        0 => x * 0f + 1f,
        1 => x,
        2 => x * x,
        _ => Apply("Pow", [x, x.Like(exponent)]),
    };

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

    /// <summary>x in another element type.</summary>
    public static Var Cast(Var x, ElementType type) =>
        x.Type == type ? x : Apply("Cast", [x], new() { { "to", (long)type } });

    /// <summary>1 where x is positive, else 0. One cheap pass: HardSigmoid(alpha = 3e38).</summary>
    public static Var Positive(Var x) => x.Type == ElementType.Float32
        ? Apply("HardSigmoid", [x], new() { { "alpha", 3e38f }, { "beta", 0f } })
        : Cast(Greater(x, x.Like(0)), x.Type);

    private static OperatorTable Arithmetic() => new()
    {
        ["Add"]        = Each(Broadcast, (dy, x, y) => [dy, dy]),
        ["Sub"]        = Each(Broadcast, (dy, x, y) => [dy, -dy]),
        ["Mul"]        = Each(Broadcast, (dy, x, y) => [dy * x[1], dy * x[0]]),
        ["Div"]        = Each(Broadcast, (dy, x, y) => [dy / x[1], -dy * y / x[1]]) with { Steep = x => x[1].DependsOnInput },
        ["Neg"]        = Each(Same, (dy, x, y) => [-dy]),
        ["Abs"]        = Each(Same, (dy, x, y) => [dy * Sign(x[0])]),
        ["Exp"]        = Steep(Same, (dy, x, y) => [dy * y]),
        ["Log"]        = Steep(Same, (dy, x, y) => [dy / x[0]]),
        ["Sqrt"]       = Steep(Same, (dy, x, y) => [dy * 0.5f / y]),
        ["Reciprocal"] = Steep(Same, (dy, x, y) => [-dy * y * y]),
        ["Erf"]        = Each(Same, (dy, x, y) => [dy * (float)(2 / Math.Sqrt(Math.PI)) * Exp(-x[0] * x[0])]),
        ["Sin"]        = Each(Same, (dy, x, y) => [dy * Unary("Cos", x[0])]),
        ["Cos"]        = Each(Same, (dy, x, y) => [-dy * Unary("Sin", x[0])]),
        ["Atan"]       = Each(Same, (dy, x, y) => [dy / (x[0] * x[0] + 1f)]),
        ["Pow"]        = Steep(x => [new(x[0].Type, BroadcastPow(x))], PowGradient),
        ["Max"]        = Each(BroadcastAll, (dy, x, y) => Extremum(dy, x, 1f)),
        ["Min"]        = Each(BroadcastAll, (dy, x, y) => Extremum(dy, x, -1f)),
        ["Sum"]        = Each(BroadcastAll, (dy, x, y) => [.. x.Inputs.Select(_ => dy)]),
        ["Mean"]       = Each(BroadcastAll, (dy, x, y) => [.. x.Inputs.Select(_ => dy / x.Inputs.Count)]),
        ["Clip"]       = Each(Same, ClipGradient),
        ["Where"]      = Each(WhereShape, (dy, x, y) => [null, Where(x[0], dy, dy.Like(0)), Where(x[0], dy.Like(0), dy)]),
        ["Cast"]       = Each(x => [new((ElementType)x.Attributes.Int("to", 1), x[0].Shape)],
                              (dy, x, y) => [x[0].Type.IsFloat() ? Cast(dy, x[0].Type) : null]),
        ["Sign"]       = new(Same, Operator.Stops),
        ["Floor"]      = new(Same, Operator.Stops),
        ["Ceil"]       = new(Same, Operator.Stops),
        ["Round"]      = new(Same, Operator.Stops),
        ["Mod"]        = Each(Broadcast, (dy, x, y) => [dy, dy * (y - x[0]) / x[1]]),
        ["Identity"]   = Each(Same, (dy, x, y) => [dy]),
        ["Dropout"]    = Each(x => [new(x[0].Type, x[0].Shape), new(ElementType.Bool, x[0].Shape)],
                              (dy, x, y) => [x.Optional(2) is null ? dy : throw TrainingDropout(x)]),
    };

    // dy where x is within its limits; the rest goes to the limit that took the place of x.
    private static Var?[] ClipGradient(Var dy, Node x, Var y) =>
    [
        dy * Cast(Equal(x[0], y), dy.Type),
        x.Optional(1) is { DependsOnInput: true } low ? dy * Cast(Less(x[0], low), dy.Type) : null,
        x.Optional(2) is { DependsOnInput: true } high ? dy * Cast(Greater(x[0], high), dy.Type) : null,
    ];

    // d(x^e)/dx = e x^(e-1); d(x^e)/de = x^e log x, only where the exponent is computed.
    private static Var?[] PowGradient(Var dy, Node x, Var y)
    {
        var (b, e) = (x[0], x[1]);
        if (e.TryConstant() is { Shape.Size: 1 } constant && Exponent(constant) is var power)
            return [power == 1 ? dy : power > 1 ? dy * power * Pow(b, power - 1)
                : Where(Equal(b, b.Like(0)), dy.Like(0), dy * power * Pow(b, power - 1))];
        e = Cast(e, b.Type);
        var (isZero, one) = (Equal(b, b.Like(0)), b.Like(1));
        var slope = e * Apply("Pow", [Where(isZero, one, b), e - 1f]);
        var slopeAtZero = Cast(Equal(e, one), b.Type);
        return [dy * Where(isZero, slopeAtZero, slope), dy * y * Log(Where(Greater(b, b.Like(0)), b, one))];
    }

    private static float Exponent(Tensor e) => e.Type switch
    {
        ElementType.Float32 => e.Values<float>()[0],
        ElementType.Float64 => (float)e.Values<double>()[0],
        _ => e.ToInt64()[0],
    };

    // Of two operands, the larger (sign 1) or smaller (sign -1) takes dy: (sign(a - b) + 1) / 2 is 1, 1/2 at a tie, or 0.
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

    private static TensorShape BroadcastPow(Node x) => TensorShape.Broadcast(x[0].Shape, x[1].Shape)
        ?? throw new GraphException($"{x}: shapes {x[0].Shape} and {x[1].Shape} cannot be broadcast together.");

    private static IReadOnlyList<TypedShape> WhereShape(Node x)
    {
        if (x[0].Type != ElementType.Bool)
            throw new GraphException($"{x}: the condition is {x[0].Type}, expected Bool; compare it with something.");
        if (x[1].Type != x[2].Type)
            throw new GraphException($"{x}: element types {x[1].Type} and {x[2].Type} differ; insert a Cast.");
        var shape = TensorShape.Broadcast(x[1].Shape, x[2].Shape) is { } both ? TensorShape.Broadcast(x[0].Shape, both) : null;
        return [new(x[1].Type, shape ?? throw new GraphException($"{x}: the shapes cannot be broadcast together."))];
    }

    private static GraphException TrainingDropout(Node x) =>
        new($"{x}: a Dropout with a training flag has no gradient rule; export the model in inference mode.");
}
