using System.Globalization;

namespace OnnxGraphs.Optimizers;

/// <summary>The learning rate as a fraction of its peak, over the steps behind the warm-up.</summary>
public abstract record LearningRateDecay
{
    /// <summary>The fraction in a step.</summary>
    /// <param name="step">From 0 to <paramref name="steps"/>.</param>
    /// <param name="steps">Steps behind the warm-up.</param>
    public abstract double Fraction(int step, int steps);

    /// <summary>
    /// Reads <c>cosine</c>, <c>cosine:0.1</c> (with the final fraction), <c>cosine:0.1:0.2</c> (and a flat end), <c>linear</c>,
    /// <c>linear:0.01</c>, <c>poly:0.9</c> (with the power), <c>step:0.7,0.9</c> or <c>step:0.7,0.9:0.1</c> (parts of the run,
    /// and the factor), <c>onecycle</c> or <c>constant</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The text is none of these.</exception>
    public static LearningRateDecay Parse(string text)
    {
        var parts = text.Split(':');
        try
        {
            return parts switch
            {
                ["cosine"] => new CosineDecay(),
                ["cosine", var last] => new CosineDecay(Number(last)),
                ["cosine", var last, var flat] => new CosineDecay(Number(last), Number(flat)),
                ["linear"] => new LinearDecay(),
                ["linear", var last] => new LinearDecay(Number(last)),
                ["poly", var power] => new PolynomialDecay(Number(power)),
                ["step", var places] => new StepDecay([.. places.Split(',').Select(Number)]),
                ["step", var places, var factor] => new StepDecay([.. places.Split(',').Select(Number)], Number(factor)),
                ["onecycle"] => new OneCycle(),
                ["constant"] => new LinearDecay(1),
                _ => throw new FormatException(),
            };
        }
        catch (FormatException)
        {
            throw new ArgumentException($"The learning rate's decay is '{text}'; expected cosine, cosine:0.1 (final fraction), "
                + "cosine:0.1:0.2 (and flat end), linear, linear:0.01, poly:0.9, step:0.7,0.9:0.1, onecycle or constant.");
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Throws for an option that is out of its range.</summary>
    protected void Require(bool holds, string option, object found, string expected)
    {
        if (!holds)
            throw new ArgumentException(FormattableString.Invariant(
                $"{GetType().Name}.{option} is {found}; expected {expected}."));
    }
}
