namespace OnnxGraphs.Optimizers;

/// <summary>A straight line, 1 + (f - 1) t / T; f = 1 is a constant rate. As torch's LinearLR.</summary>
/// <param name="Final">f, the fraction at the end.</param>
public sealed record LinearDecay(double Final = 0) : LearningRateDecay
{
    /// <inheritdoc/>
    public override double Fraction(int step, int steps)
    {
        Require(Final is >= 0 and <= 1, nameof(Final), Final, "0 to 1");
        return 1 + (Final - 1) * step / steps;
    }
}
