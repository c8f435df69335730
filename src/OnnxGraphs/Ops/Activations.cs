using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>
    /// 1 / (1 + e^-x). ONNX Runtime's is right to 3e-7, not in its digits: 0 in float32 from -18 down. Where a
    /// logarithm, a quotient or an order is taken of it, <see cref="Logistic"/>.
    /// </summary>
    public static Var Sigmoid(Var x) => Unary("Sigmoid", x);

    /// <summary>
    /// 1 / (1 + e^-x) by these operators: right in its digits as far down as e^x has them, and never smaller for a
    /// larger x.
    /// </summary>
    public static Var Logistic(Var x)
    {
        var y = 1f / (1f + Exp(-x));
        return WithGradient(y, (x, y * (1f - y)));
    }

    /// <summary>log(1 + e^x), without overflow.</summary>
    public static Var Softplus(Var x) => Unary("Softplus", x);

    /// <summary>Hyperbolic tangent.</summary>
    public static Var Tanh(Var x) => Unary("Tanh", x);

    /// <summary>max(0, x).</summary>
    public static Var Relu(Var x) => Unary("Relu", x);

    /// <summary>max(0, min(1, alpha x + beta)).</summary>
    public static Var HardSigmoid(Var x, float alpha = 1 / 6f, float beta = 0.5f) =>
        Apply("HardSigmoid", [x], new() { { "alpha", alpha }, { "beta", beta } });

    /// <summary>e^x / sum e^x along an axis.</summary>
    public static Var Softmax(Var x, int axis = -1) => Apply("Softmax", [x], new() { { "axis", axis } });

    /// <summary>x - log sum e^x along an axis.</summary>
    public static Var LogSoftmax(Var x, int axis = -1) => Apply("LogSoftmax", [x], new() { { "axis", axis } });

    private static OperatorTable Activations() => new()
    {
        ["Sigmoid"]     = Each(Same, (dy, x, y) => [dy * y * (1f - y)]),
        ["Softplus"]    = Each(Same, (dy, x, y) => [dy * Sigmoid(x[0])]),
        ["Softsign"]    = Each(Same, (dy, x, y) => [dy / Pow(Abs(x[0]) + 1f, 2)]),
        ["Tanh"]        = Each(Same, (dy, x, y) => [dy * (1f - y * y)]),
        ["Relu"]        = Each(Same, (dy, x, y) => [dy * Positive(y)]),
        ["LeakyRelu"]   = Each(Same, (dy, x, y) => [dy * LeakySlope(x[0], y, x.Attributes.Float("alpha", 0.01f))]),
        ["PRelu"]       = new(PReluShape, (dy, x, y) => [dy * Leak(x[0], x[1]), dy * (x[0] - Relu(x[0]))]),
        ["Elu"]         = Each(Same, (dy, x, y) => [dy * EluSlope(x, y, x.Attributes.Float("alpha", 1f), 1f)]),
        ["Selu"]        = Each(Same, (dy, x, y) =>
            [dy * EluSlope(x, y, Gamma(x) * x.Attributes.Float("alpha", 1.67326319f), Gamma(x))]),
        ["Celu"]        = Each(Same, (dy, x, y) => [dy * CeluSlope(x[0], x.Attributes.Float("alpha", 1f))]),
        ["HardSigmoid"] = Each(Same, (dy, x, y) => [dy * Inside(y) * x.Attributes.Float("alpha", 0.2f)]),
        ["HardSwish"]   = Each(Same, (dy, x, y) => [dy * HardSwishSlope(x[0])]),
        ["Mish"]        = Each(Same, (dy, x, y) => [dy * MishSlope(x[0], Tanh(Softplus(x[0])))]),
        ["Gelu"]        = Each(Same, (dy, x, y) => [dy * GeluSlope(x)]),
        ["ThresholdedRelu"] = Each(Same, (dy, x, y) =>
            [dy * Cast(Greater(x[0], y.Like(x.Attributes.Float("alpha", 1f))), dy.Type)]),
        ["Shrink"]      = Each(Same, (dy, x, y) =>
            [dy * Cast(Greater(Abs(x[0]), y.Like(x.Attributes.Float("lambd", 0.5f))), dy.Type)]),
        ["Hardmax"]     = Operator.Flat(SoftmaxShape, Steps),
        ["Softmax"]     = new(SoftmaxShape, (dy, x, y) => [y * (dy - ReduceSum(dy * y, [Axis(x)]))]),
        ["LogSoftmax"]  = new(SoftmaxShape, (dy, x, y) => [dy - Exp(y) * ReduceSum(dy, [Axis(x)])]),
    };

    private static IReadOnlyList<TypedShape> PReluShape(Node x)
    {
        Expect(x, FitsInto(x[1].Shape, x[0].Shape), "slopes that can be broadcast to the input");
        return Same(x);
    }

    private static IReadOnlyList<TypedShape> SoftmaxShape(Node x)
    {
        x[0].Shape.Axis(Axis(x));
        return Same(x);
    }

    private static long Axis(Node x) => x.Attributes.Int("axis", -1);

    private static float Gamma(Node x) => x.Attributes.Float("gamma", 1.05070102f);

    // 1 where x > 0, else the slope.
    private static Var Leak(Var x, Var slope) => slope + Positive(x) * (1f - slope);

    // y has the sign of x where the leak is none below zero: then x need not be kept.
    private static Var LeakySlope(Var x, Var y, float alpha) => Leak(alpha >= 0 ? y : x, x.Like(alpha));

    // For x <= 0: y = a (e^x - 1), so a e^x = y + a. For x > 0: the positive slope.
    private static Var EluSlope(Node x, Var y, float alpha, float positive) =>
        Where(Greater(x[0], y.Like(0)), y.Like(positive), y + alpha);

    private static Var CeluSlope(Var x, float alpha) => Exp(Min(x, x.Like(0)) / alpha);

    // 1 where 0 < y < 1, else 0: where a value limited to [0, 1] is not at a limit.
    private static Var Inside(Var y) => Positive(y) * Positive(1f - y);

    // y = x h(x) with h = HardSigmoid: y' = h + x h'.
    private static Var HardSwishSlope(Var x)
    {
        var h = HardSigmoid(x);
        return h + x * Inside(h) * (1 / 6f);
    }

    // y = x t with t = tanh(softplus x): y' = t + x (1 - t^2) sigmoid(x).
    private static Var MishSlope(Var x, Var t) => t + x * (1f - t * t) * Sigmoid(x);

    private static Var GeluSlope(Node node)
    {
        var x = node[0];
        if (node.Attributes.Text("approximate", "none") == "tanh")
        {
            // y = x/2 (1 + t), t = tanh(c (x + k x^3)), c = sqrt(2/pi), k = 0.044715
            var (c, k) = ((float)Math.Sqrt(2 / Math.PI), 0.044715f);
            var t = Tanh(c * (x + k * x * x * x));
            return 0.5f * (1f + t) + 0.5f * x * (1f - t * t) * c * (1f + 3 * k * x * x);
        }
        // y = x Phi(x): y' = Phi(x) + x phi(x)
        var phi = Exp(-0.5f * x * x) * (float)(1 / Math.Sqrt(2 * Math.PI));
        return 0.5f * (1f + Erf(x * (float)Math.Sqrt(0.5))) + x * phi;
    }
}
