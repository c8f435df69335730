namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// Functions of vectors of float32, right to about the last bit. Their polynomials are minimax fits (Lawson's
/// iteration) in float64.
/// </summary>
internal static class LaneFunctions
{
    // ln 2 in two parts; products of the first one with small integers are exact.
    private const float Ln2 = 0.693359375f, Ln2Rest = -2.12194440e-4f;

    // Added to a number it leaves the nearest integer in the lowest bits.
    private const float Rounder = 12582912;

    /// <summary>e^x = 2^n e^r with n = round(x / ln 2), |r| at most ln 2 / 2; subnormal results too.</summary>
    public static Lanes Exp(Lanes given)
    {
        var x = given.AtMost(89).AtLeast(-104);
        var rounded = x.MultiplyAdd(1.44269504f, Rounder);
        var n = rounded - Rounder;
        var r = n.MultiplyAdd(n.Number(-Ln2Rest), n.MultiplyAdd(n.Number(-Ln2), x));
        var tail = r.Polynomial(0.49999994f, 0.16666521f, 0.04166839f, 0.008368745f, 0.001381454f);
        var y = tail.MultiplyAdd(r * r, r) + 1;
        return x.Code.HasExponents ? y.Scale(n) : Scaled(y, rounded.Bits().Left(23));
    }

    // y 2^n from n in the places of an exponent's bits. In two factors, as 2^n alone may be out of range.
    private static Lanes Scaled(Lanes y, Lanes n)
    {
        var one = n.Integer(BitConverter.SingleToInt32Bits(1));
        var half = n.Right(1) & n.Integer(-1 << 23);
        return y * (half + one).FromBits() * (n - half + one).FromBits();
    }

    /// <summary>log x = e ln 2 + log(1 + f), x = 2^e (1 + f), f from -1/4 to 1/2.</summary>
    public static Lanes Log(Lanes x)
    {
        if (!x.Code.HasExponents)
            return LogByBits(x);
        var mantissa = x.Mantissa();
        var exponent = x.Exponent();
        return Log((mantissa < 1).Choose(exponent + 1, exponent), mantissa);
    }

    private static Lanes Log(Lanes exponent, Lanes mantissa)
    {
        var f = mantissa - 1;
        var tail = f.Polynomial(0.3333345f, -0.25000095f, 0.19990861f, -0.16647312f, 0.14478394f, -0.13161193f,
            0.104630224f, -0.045074806f);
        var square = f * f;
        var log = tail.MultiplyAdd(square * f, square.MultiplyAdd(square.Number(-0.5f), f));
        return exponent.MultiplyAdd(exponent.Number(0.693147181f), log);
    }

    private static Lanes LogByBits(Lanes x)
    {
        var isSmall = x < 1.17549435e-38f;
        var bits = isSmall.Choose(x * 8388608, x).Bits();
        var e = (bits - bits.Integer(BitConverter.SingleToInt32Bits(0.75f))).Right(23);
        var log = Log(e.ToNumbers() - (isSmall & x.Number(23)), (bits - e.Left(23)).FromBits());
        var (zero, infinity) = (x.Number(0), x.Number(float.PositiveInfinity));
        var other = x.IsEqual(zero).Choose(-infinity, x.Number(float.NaN));
        return (x > zero).Choose((x < infinity).Choose(log, x), other);
    }

    /// <summary>x + x^3 p(x^2) near 0, elsewhere 1 - 2 / (e^2|x| + 1) with the sign of x.</summary>
    public static Lanes Tanh(Lanes x)
    {
        var (square, size) = (x * x, x.Abs());
        var near = (square.Polynomial(-0.33333284f, 0.13331491f, -0.053743497f, 0.020650588f, -0.005717045f) * square)
            .MultiplyAdd(x, x);
        var far = 1 - 2 / (Exp(size + size) + 1);
        return (size < 0.625f).Choose(near, (x < 0).Choose(-far, far));
    }

    /// <summary>x to a power that is the half of a small integer.</summary>
    public static Lanes Power(Lanes x, float exponent)
    {
        var (whole, power) = ((int)exponent, exponent == MathF.Floor(exponent) ? (Lanes?)null : x.Sqrt());
        for (var (square, rest) = (x, whole); rest > 0; rest >>= 1, square *= square)
            if ((rest & 1) == 1)
                power = power is { } factor ? factor * square : square;
        return power ?? x.Number(1);
    }
}
