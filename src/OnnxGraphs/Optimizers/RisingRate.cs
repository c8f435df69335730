namespace OnnxGraphs.Optimizers;

/// <summary>
/// A rate that rises evenly in its logarithm to the peak, for a test of the range of learning rates: first^(1 - t / T).
/// Smith 2017, section 3.3, https://arxiv.org/abs/1506.01186
/// </summary>
/// <param name="First">The fraction of the peak in the first step, above 0, below 1.</param>
public sealed record RisingRate(double First = 1e-6) : LearningRateDecay
{
    /// <inheritdoc/>
    public override double Fraction(int step, int steps)
    {
        Require(First is > 0 and < 1, nameof(First), First, "above 0 and below 1");
        return Math.Pow(First, 1 - (double)step / steps);
    }
}
