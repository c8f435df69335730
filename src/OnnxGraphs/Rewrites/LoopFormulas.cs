using OnnxGraphs.Kernels.Elementwise;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// Operators that are formulas of simpler ones: written so, loops share their parts and may be cut between them.
/// </summary>
internal static class LoopFormulas
{
    /// <summary>1 / (1 + e^-x).</summary>
    public static int Sigmoid(TileAssembler code, int x) =>
        code.Do("Reciprocal", code.Plus(code.Do("Exp", code.Do("Neg", x)), 1));

    /// <summary>
    /// log(1 + e^x) = max(x, 0) + log u + (e - (u - 1)) / u with e = e^-|x|, u = 1 + e: the last term gives back the
    /// digits of a small e that the sum u drops.
    /// </summary>
    public static int Softplus(TileAssembler code, int x)
    {
        var e = code.Do("Exp", code.Do("Neg", code.Do("Abs", x)));
        var u = code.Plus(e, 1);
        var dropped = code.Do("Sub", e, code.Plus(u, -1));
        return code.Do("Add", code.Do("Relu", x), code.Do("Add", code.Do("Log", u), code.Do("Div", dropped, u)));
    }

    /// <summary>
    /// x^g = e^(g log x), which is NaN below 0; a half of an integer is a few products and a root.
    /// </summary>
    public static int Power(TileAssembler code, int x, float exponent) =>
        2 * exponent == MathF.Floor(2 * exponent) ? code.Do("Pow", x, alpha: exponent)
            : code.Do("Exp", code.Do("Mul", code.Do("Log", x), code.Number(exponent)));
}
