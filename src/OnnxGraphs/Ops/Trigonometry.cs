using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>Arcus tangent, in radians.</summary>
    public static Var Atan(Var x) => Unary("Atan", x);

    private static OperatorTable Trigonometry() => new()
    {
        ["Sin"]   = Each(Same, (dy, x, y) => [dy * Unary("Cos", x[0])]),
        ["Cos"]   = Each(Same, (dy, x, y) => [-dy * Unary("Sin", x[0])]),
        ["Tan"]   = Steep(Same, (dy, x, y) => [dy * (y * y + 1f)]),
        ["Asin"]  = Steep(Same, (dy, x, y) => [dy / Sqrt(1f - x[0] * x[0])]),
        ["Acos"]  = Steep(Same, (dy, x, y) => [-dy / Sqrt(1f - x[0] * x[0])]),
        ["Atan"]  = Each(Same, (dy, x, y) => [dy / (x[0] * x[0] + 1f)]),
        ["Sinh"]  = Steep(Same, (dy, x, y) => [dy * Unary("Cosh", x[0])]),
        ["Cosh"]  = Steep(Same, (dy, x, y) => [dy * Unary("Sinh", x[0])]),
        ["Asinh"] = Each(Same, (dy, x, y) => [dy / Sqrt(x[0] * x[0] + 1f)]),
        ["Acosh"] = Steep(Same, (dy, x, y) => [dy / Sqrt(x[0] * x[0] - 1f)]),
        ["Atanh"] = Steep(Same, (dy, x, y) => [dy / (1f - x[0] * x[0])]),
    };
}
