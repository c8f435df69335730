using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>
    /// Arcus tangent, in radians, to 2e-7; of simpler operators, because CUDA has no kernel for ONNX's own. With
    /// u = |x| turned to [0, 1] by atan u = pi/2 - atan 1/u and halved by tan(a/2) = tan a / (1 + sqrt(1 + tan^2 a)),
    /// a polynomial of the odd powers up to 9 is enough. Moshier, Cephes 2.2 (atanf), https://www.netlib.org/cephes/.
    /// </summary>
    public static Var Atan(Var x)
    {
        var (u, one) = (Abs(x), x.Like(1));
        var m = Min(u, one) / Max(u, one);
        var h = m / (Sqrt(m * m + 1f) + 1f);
        var z = h * h;
        var half = h + h * z * (((8.05374449538e-2f * z - 1.38776856032e-1f) * z + 1.99777106478e-1f) * z
            - 3.33329491539e-1f);
        var angle = Where(Greater(u, one), (float)(Math.PI / 2) - 2f * half, 2f * half);
        return WithGradient(Sign(x) * angle, (x, 1f / (x * x + 1f)));
    }

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
