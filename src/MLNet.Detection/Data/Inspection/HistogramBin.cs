namespace MLNet.Detection.Data.Inspection;

/// <summary>How often a quantity lies in a range.</summary>
/// <param name="From">Where the range begins, itself inside.</param>
/// <param name="To">Where it ends, itself outside; the last range of a histogram holds its end, too.</param>
/// <param name="Count">How often.</param>
public readonly record struct HistogramBin(double From, double To, int Count)
{
    /// <summary>Counts values in ranges of equal width; values beyond the ends count in the outermost ranges.</summary>
    internal static IReadOnlyList<HistogramBin> Of(IEnumerable<double> values, double from, double to, int bins)
    {
        var counts = new int[bins];
        var width = (to - from) / bins;
        foreach (var value in values)
            counts[Math.Clamp((int)Math.Floor((value - from) / width), 0, bins - 1)]++;
        return [.. counts.Select((count, i) => new HistogramBin(from + i * width, from + (i + 1) * width, count))];
    }
}
