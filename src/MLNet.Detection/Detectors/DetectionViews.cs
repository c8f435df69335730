namespace MLNet.Detection.Detectors;

/// <summary>The ways in which a detector looks at a picture whose results are joined.</summary>
public sealed record DetectionViews
{
    /// <summary>
    /// Side of square windows, pixels of the picture: small objects of a large picture are then as large for the network
    /// as it learnt them. Null: no windows. Akyon et al. 2022 (SAHI), https://arxiv.org/abs/2202.06934
    /// </summary>
    public int? Window { get; init; }

    /// <summary>The part of a window's side that it shares with its neighbour, at least; 0 to 0.9. Objects up to that size
    /// are whole in one of them.</summary>
    public double Overlap { get; init; } = 0.25;

    /// <summary>Whether the picture as a whole is looked at beside its windows, for large objects.</summary>
    public bool Whole { get; init; } = true;

    /// <summary>Whether each view is also looked at mirrored, and both results are averaged.</summary>
    public bool Mirrored { get; init; }

    /// <summary>Highest IoU of two objects of a class in results of different views.</summary>
    public float IouThreshold { get; init; } = 0.5f;

    /// <summary>Objects of a picture at most, the best ones.</summary>
    public int MaxDetections { get; init; } = 300;

    /// <summary>The windows of a picture, evenly laid; the whole picture first, where it is looked at.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public IReadOnlyList<(int Left, int Top, int Width, int Height)> Windows(int width, int height)
    {
        Check();
        if (Window is not { } side || (side >= width && side >= height))
            return [(0, 0, width, height)];
        var (columns, rows) = (Starts(width, side), Starts(height, side));
        var windows = rows.SelectMany(top => columns.Select(
            left => (left, top, Math.Min(side, width), Math.Min(side, height))));
        return Whole ? [(0, 0, width, height), .. windows] : [.. windows];
    }

    private int[] Starts(int size, int side)
    {
        if (side >= size)
            return [0];
        var most = side * (1 - Overlap);
        var count = 1 + (int)Math.Ceiling((size - side) / Math.Max(1, most));
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * (size - side) / (count - 1)))];
    }

    private void Check()
    {
        Require(Window is null or > 0, nameof(Window), Window ?? 0, "a positive number of pixels");
        Require(Overlap is >= 0 and <= 0.9, nameof(Overlap), Overlap, "0 to 0.9");
        Require(IouThreshold is >= 0 and <= 1, nameof(IouThreshold), IouThreshold, "0 to 1");
        Require(MaxDetections > 0, nameof(MaxDetections), MaxDetections, "at least 1");
    }

    private static void Require(bool holds, string option, double found, string expected)
    {
        if (!holds)
            throw new ArgumentException(FormattableString.Invariant(
                $"{nameof(DetectionViews)}.{option} is {found}; expected {expected}."));
    }
}
