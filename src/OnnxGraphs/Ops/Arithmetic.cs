using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

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

    /// <summary>x in another element type.</summary>
    public static Var Cast(Var x, ElementType type) =>
        x.Type == type ? x : Apply("Cast", [x], new() { { "to", (long)type } });

    /// <summary>
    /// 1 where x is positive, else 0. One cheap pass in float32: HardSigmoid(alpha = 3e38); elsewhere max(0, sign x).
    /// </summary>
    public static Var Positive(Var x) => x.Type == ElementType.Float32
        ? Apply("HardSigmoid", [x], new() { { "alpha", 3e38f }, { "beta", 0f } })
        : x.Node is { Op: "Relu" } ? Sign(x) : Relu(Sign(x));

    private const string Steps = "its derivative is 0 wherever it exists";

    private static OperatorTable Arithmetic() => new()
    {
        ["Add"]        = Each(Broadcast, (dy, x, y) => [dy, dy]),
        ["Sub"]        = Each(Broadcast, (dy, x, y) => [dy, -dy]),
        ["Mul"]        = Each(Broadcast, (dy, x, y) => [dy * x[1], dy * x[0]]),
        ["Div"]        = Each(Broadcast, (dy, x, y) => [dy / x[1], -dy * y / x[1]])
                              with { Steep = x => x[1].DependsOnInput },
        ["Neg"]        = Each(Same, (dy, x, y) => [-dy]),
        ["Abs"]        = Each(Same, (dy, x, y) => [dy * Sign(x[0])]),
        ["Exp"]        = Steep(Same, (dy, x, y) => [dy * y]),
        ["Log"]        = Steep(Same, (dy, x, y) => [dy / x[0]]),
        ["Sqrt"]       = Steep(Same, (dy, x, y) => [dy * 0.5f / y]),
        ["Reciprocal"] = Steep(Same, (dy, x, y) => [-dy * y * y]),
        ["Erf"]        = Each(Same, (dy, x, y) => [dy * (float)(2 / Math.Sqrt(Math.PI)) * Exp(-x[0] * x[0])]),
        ["Pow"]        = Steep(x => [new(x[0].Type, BroadcastPow(x))], PowGradient),
        ["Sum"]        = Each(BroadcastAll, (dy, x, y) => [.. x.Inputs.Select(_ => dy)]),
        ["Mean"]       = Each(BroadcastAll, (dy, x, y) => [.. x.Inputs.Select(_ => dy / x.Inputs.Count)]),
        ["Cast"]       = Each(x => [new((ElementType)x.Attributes.Int("to", 1), x[0].Shape)],
                              (dy, x, y) => [x[0].Type.IsFloat() ? Cast(dy, x[0].Type) : null]),
        ["Sign"]       = Operator.Flat(Same, Steps),
        ["Floor"]      = Operator.Flat(Same, Steps),
        ["Ceil"]       = Operator.Flat(Same, Steps),
        ["Round"]      = Operator.Flat(Same, Steps),
        ["Mod"]        = Each(Broadcast, (dy, x, y) => [dy, dy * (y - x[0]) / x[1]]),
        ["CastLike"]   = Each(x => [new(x[1].Type, x[0].Shape)],
                              (dy, x, y) => [x[0].Type.IsFloat() ? Cast(dy, x[0].Type) : null]),
        ["Identity"]   = Each(Same, (dy, x, y) => [dy]),
        ["Dropout"]    = Each(x => [new(x[0].Type, x[0].Shape), new(ElementType.Bool, x[0].Shape)],
                              (dy, x, y) => [x.Optional(2) is null ? dy : throw TrainingDropout(x)])
                              with { Remark = "in inference form" },
    };

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

    private static TensorShape BroadcastPow(Node x) => TensorShape.Broadcast(x[0].Shape, x[1].Shape)
        ?? throw new GraphException($"{x}: shapes {x[0].Shape} and {x[1].Shape} cannot be broadcast together.");

    private static GraphException TrainingDropout(Node x) =>
        new($"{x}: a Dropout with a training flag has no gradient rule; export the model in inference mode.");
}
