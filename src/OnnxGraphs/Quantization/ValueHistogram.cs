namespace OnnxGraphs.Quantization;

/// <summary>
/// Counts of a value's numbers in bins around 0, gathered in one pass: where a number lies beyond the bins, they become
/// twice as wide and pairs of them one. Least and largest number are kept as they are.
/// </summary>
public sealed class ValueHistogram
{
    private const int Bins = 4096, Levels = 128, NumbersOfBin = 16;
    private readonly long[] _counts = new long[Bins];
    private double _reach;

    /// <summary>The least number; infinity before the first.</summary>
    public double Min { get; private set; } = double.PositiveInfinity;

    /// <summary>The largest number.</summary>
    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>How many numbers were NaN or infinite.</summary>
    public long NotFinite { get; private set; }

    /// <summary>Counts numbers.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                NotFinite++;
                continue;
            }
            (Min, Max) = (Math.Min(Min, value), Math.Max(Max, value));
            if (Math.Abs(value) > _reach)
                Widen(Math.Abs(value));
            _counts[_reach == 0 ? Bins / 2 : Math.Min(Bins - 1, (int)((value + _reach) / (2 * _reach) * Bins))]++;
        }
    }

    /// <summary>The range by a method.</summary>
    public ValueRange Range(RangeMethod method, double percentile) => method switch
    {
        _ when double.IsInfinity(Min) || Min == Max => new(Math.Min(Min, 0), Math.Max(Max, 0)),
        RangeMethod.Percentile => Clipped(Quantile((100 - percentile) / 200), Quantile((100 + percentile) / 200)),
        RangeMethod.Entropy => Threshold() is var limit ? Clipped(-limit, limit) : default,
        _ => new(Min, Max),
    };

    private ValueRange Clipped(double low, double high) => new(Math.Max(low, Min), Math.Min(high, Max));

    private void Widen(double value)
    {
        // What was 0 before any other number lies in the middle whatever the reach.
        if (_reach == 0)
            _reach = value;
        while (value > _reach)
        {
            var wide = new long[Bins];
            for (var i = 0; i < Bins; i++)
                wide[Bins / 4 + i / 2] += _counts[i];
            wide.CopyTo(_counts, 0);
            _reach *= 2;
        }
    }

    // The number below which a share of all lies, linear within a bin.
    private double Quantile(double share)
    {
        var (wanted, below) = (share * _counts.Sum(), 0.0);
        for (var i = 0; i < Bins; i++)
        {
            if (below + _counts[i] >= wanted && _counts[i] > 0)
                return Edge(i + (wanted - below) / _counts[i]);
            below += _counts[i];
        }
        return Max;
    }

    private double Edge(double bin) => bin / Bins * 2 * _reach - _reach;

    // Magnitudes in bins; those above the clipping are added to its last bin.
    private double Threshold()
    {
        var half = Bins / 2;
        long[] magnitudes = [.. Enumerable.Range(0, half).Select(i => _counts[half + i] + _counts[half - 1 - i])];
        // Of few numbers fine bins would be empty, and their distribution that of chance.
        while (magnitudes.Length > Levels && magnitudes.Sum() < NumbersOfBin * magnitudes.Length)
            magnitudes = [.. magnitudes.Chunk(2).Select(pair => pair.Sum())];
        half = magnitudes.Length;
        var (best, least) = (half, double.PositiveInfinity);
        for (var kept = Levels; kept <= half; kept++)
        {
            var divergence = Divergence(magnitudes, kept);
            if (divergence < least)
                (best, least) = (kept, divergence);
        }
        return (double)best / half * _reach;
    }

    // sum p log(p / q): p the clipped distribution, q its mean over each step of the grid where p is not 0.
    private static double Divergence(long[] magnitudes, int kept)
    {
        var p = new double[kept];
        for (var i = 0; i < kept; i++)
            p[i] = magnitudes[i];
        p[kept - 1] += magnitudes.AsSpan(kept).ToArray().Sum();
        var (total, inside, sum) = (p.Sum(), (double)magnitudes.AsSpan(0, kept).ToArray().Sum(), 0.0);
        if (inside == 0)
            return double.PositiveInfinity;
        for (var level = 0; level < Levels; level++)
        {
            var (from, to) = (level * kept / Levels, (level + 1) * kept / Levels);
            var (mass, filled) = (0.0, 0);
            for (var i = from; i < to; i++)
                (mass, filled) = (mass + magnitudes[i], filled + (magnitudes[i] > 0 ? 1 : 0));
            for (var i = from; i < to; i++)
                if (p[i] > 0)
                    sum += magnitudes[i] == 0 ? double.PositiveInfinity
                        : p[i] / total * Math.Log(p[i] / total / (mass / filled / inside));
        }
        return sum;
    }
}
