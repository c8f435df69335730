using System.Globalization;

namespace MLNet.Detection.Reports;

/// <summary>A linear axis with round ticks.</summary>
/// <param name="Label">What it counts.</param>
/// <param name="Min">Value at its start.</param>
/// <param name="Max">Value at its end.</param>
public sealed record ChartAxis(string Label, double Min, double Max)
{
    private const int WantedTicks = 6;

    /// <summary>From 0 to the largest value, or to 1 when there is none.</summary>
    public static ChartAxis FromZero(string label, double max) =>
        new(label, 0, max > 0 && double.IsFinite(max) ? max : 1);

    /// <summary>Where a value lies, 0 at the start and 1 at the end.</summary>
    public double At(double value) => (value - Min) / (Max - Min);

    /// <summary>Values at 1, 2 or 5 times a power of ten.</summary>
    public IEnumerable<double> Ticks()
    {
        var step = Step();
        for (var i = (long)Math.Ceiling(Min / step); i * step <= Max * (1 + 1e-9); i++)
            yield return i * step;
    }

    /// <summary>A tick's value with as many decimals as its step needs; small ones in powers of ten.</summary>
    public string Text(double tick)
    {
        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(Step()) + 1e-9));
        return decimals > 3 && tick != 0
            ? tick.ToString("0.##e0", CultureInfo.InvariantCulture)
            : tick.ToString("F" + (decimals > 3 ? 0 : decimals), CultureInfo.InvariantCulture);
    }

    private double Step()
    {
        var rough = (Max - Min) / WantedTicks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * (rough / power) switch { <= 1.0001 => 1, <= 2.0001 => 2, <= 5.0001 => 5, _ => 10 };
    }
}
