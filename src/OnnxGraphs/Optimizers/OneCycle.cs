namespace OnnxGraphs.Optimizers;

/// <summary>
/// Half a cosine wave up from 1 / <paramref name="Start"/> to 1, and one down to 1 / (<paramref name="Start"/>
/// <paramref name="End"/>). Smith and Topin 2019, https://arxiv.org/abs/1708.07120; as torch's OneCycleLR. It needs no
/// warm-up of its own.
/// </summary>
/// <param name="Rise">The part of the steps that rises.</param>
/// <param name="Start">The peak as a multiple of the first rate.</param>
/// <param name="End">The first rate as a multiple of the last.</param>
public sealed record OneCycle(double Rise = 0.3, double Start = 25, double End = 1e4) : LearningRateDecay
{
    /// <inheritdoc/>
    public override double Fraction(int step, int steps)
    {
        Require(Rise is > 0 and < 1, nameof(Rise), Rise, "between 0 and 1");
        Require(Start >= 1, nameof(Start), Start, "1 or more");
        Require(End >= 1, nameof(End), End, "1 or more");
        var (top, last) = (Rise * steps - 1, steps - 1.0);
        return step <= top ? Wave(1 / Start, 1, step / top)
            : Wave(1, 1 / (Start * End), Math.Min(1, (step - top) / (last - top)));
    }

    private static double Wave(double from, double to, double progress) =>
        to + (from - to) / 2 * (1 + Math.Cos(Math.PI * progress));
}
