namespace OnnxGraphs.Losses;

/// <summary>
/// U-Net's weight map for touching cells: w0 exp(-(d1 + d2)^2 / (2 sigma^2)), d1 and d2 the distances of a pixel to the
/// nearest and the second nearest cell, 0 inside it. Ronneberger et al. 2015, https://arxiv.org/abs/1505.04597
/// </summary>
public sealed record BorderWeights
{
    /// <summary>Weight w0 right between two cells.</summary>
    public double Height { get; init; } = 10;

    /// <summary>Width sigma of the border, in pixels.</summary>
    public double Sigma { get; init; } = 5;

    /// <summary>Weights on background only (as in the paper's formula), or also inside the cells.</summary>
    public bool BackgroundOnly { get; init; } = true;

    /// <summary>
    /// The map of one image, row-major: cell numbers (0 background) of height rows of width pixels. All zeros where
    /// there are fewer than two cells.
    /// </summary>
    public float[] Of(ReadOnlySpan<long> cells, int height, int width)
    {
        var (nearest, second) = Distances(cells, height, width);
        var weights = new float[cells.Length];
        for (var i = 0; i < weights.Length; i++)
            if (second[i] >= 0 && (cells[i] == 0 || !BackgroundOnly))
                weights[i] = (float)(Height * Math.Exp(-Math.Pow(nearest[i] + second[i], 2) / (2 * Sigma * Sigma)));
        return weights;
    }

    /// <summary>
    /// Exact Euclidean distances between pixel centres to the nearest and the second nearest cell; -1 where there is
    /// none.
    /// </summary>
    public static (double[] Nearest, double[] Second) Distances(ReadOnlySpan<long> cells, int height, int width)
    {
        if (cells.Length != height * width)
            throw new ArgumentException($"BorderWeights: {cells.Length} cell numbers; expected {height} x {width}.",
                nameof(cells));
        var (nearest, second) = NearestTwo.Squared(cells, height, width);
        return (Roots(nearest), Roots(second));
    }

    private static double[] Roots(double[] squares) => [.. squares.Select(s => double.IsFinite(s) ? Math.Sqrt(s) : -1)];
}
