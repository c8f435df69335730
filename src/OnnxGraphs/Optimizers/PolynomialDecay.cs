namespace OnnxGraphs.Optimizers;

/// <summary>(1 - t / T)^p. As torch's PolynomialLR; 0.9 is DeepLab's.</summary>
/// <param name="Power">p.</param>
public sealed record PolynomialDecay(double Power = 0.9) : LearningRateDecay
{
    /// <inheritdoc/>
    public override double Fraction(int step, int steps)
    {
        Require(Power > 0, nameof(Power), Power, "a positive number");
        return Math.Pow(1 - (double)step / steps, Power);
    }
}
