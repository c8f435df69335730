using System.Globalization;

namespace OnnxGraphs.Optimizers;

/// <summary>A factor at each of some places of the run. As torch's MultiStepLR.</summary>
/// <param name="Places">The places as parts of the steps, such as 0.7 and 0.9.</param>
/// <param name="Factor">What the rate is multiplied by at each.</param>
public sealed record StepDecay(IReadOnlyList<double> Places, double Factor = 0.1) : LearningRateDecay
{
    /// <summary>Places and factor.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{nameof(StepDecay)} {{ Places = {string.Join(" ", Places.Select(place => place.ToString("R", CultureInfo.InvariantCulture)))}, Factor = {Factor} }}");

    /// <inheritdoc/>
    public override double Fraction(int step, int steps)
    {
        Require(Places.All(place => place is > 0 and < 1), nameof(Places), string.Join(", ", Places), "parts between 0 and 1");
        Require(Factor is > 0 and <= 1, nameof(Factor), Factor, "above 0, at most 1");
        return Math.Pow(Factor, Places.Count(place => step >= Math.Round(place * steps)));
    }
}
