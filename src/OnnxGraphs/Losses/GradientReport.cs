namespace OnnxGraphs.Losses;

/// <summary>The entry of a gradient that differs most from finite differences.</summary>
/// <param name="Input">The prediction.</param>
/// <param name="Index">Flat index of the entry.</param>
/// <param name="Expected">By finite differences.</param>
/// <param name="Found">By the gradient's graph.</param>
/// <param name="Error">|Found - Expected| over the largest entry of the gradient (by either, at least 1e-6).</param>
public sealed record GradientReport(string Input, int Index, double Expected, double Found, double Error)
{
    /// <summary>Throws where the error is above a bound. 0.01 is far above the noise of float32 and far below a
    /// slip.</summary>
    public void Demand(double bound = 0.01)
    {
        var (found, expected) =
            (FormattableString.Invariant($"{Found:G6}"), FormattableString.Invariant($"{Expected:G6}"));
        if (!(Error <= bound))
            throw new ArithmeticException($"The gradient of {Input}[{Index}] is {found}, finite differences give "
                + $"{expected}; correct the gradient, or keep the values away from kinks of the formula.");
    }
}
