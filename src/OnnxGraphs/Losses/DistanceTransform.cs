namespace OnnxGraphs.Losses;

/// <summary>
/// Exact squared Euclidean distances to a set of pixels in linear time: lower envelopes of parabolas, first along rows,
/// then along columns. Felzenszwalb and Huttenlocher 2012, https://cs.brown.edu/people/pfelzens/papers/dt-final.pdf
/// </summary>
public static class DistanceTransform
{
    /// <summary>For each pixel the squared distance to the nearest member; infinity where there is none.</summary>
    public static double[] Squared(bool[] members, int height, int width)
    {
        double[] squares = [.. members.Select(member => member ? 0 : double.PositiveInfinity)];
        for (var y = 0; y < height; y++)
            Line(squares, y * width, 1, width);
        for (var x = 0; x < width; x++)
            Line(squares, x, width, height);
        return squares;
    }

    private static void Line(double[] squares, int start, int step, int count)
    {
        double[] f = [.. Enumerable.Range(0, count).Select(i => squares[start + i * step])];
        var (places, from, top) = (new int[count], new double[count], -1);
        for (var q = 0; q < count; q++)
        {
            if (double.IsInfinity(f[q]))
                continue;
            var s = double.NegativeInfinity;
            while (top >= 0 && (s = Crossing(f, places[top], q)) <= from[top])
                top--;
            (places[++top], from[top]) = (q, top == 0 ? double.NegativeInfinity : s);
        }
        for (int q = 0, k = 0; q < count && top >= 0; q++)
        {
            while (k < top && from[k + 1] < q)
                k++;
            squares[start + q * step] = (double)(q - places[k]) * (q - places[k]) + f[places[k]];
        }
    }

    // Where the parabola with its foot at q gets below the one at p < q.
    private static double Crossing(double[] f, int p, int q) =>
        (f[q] + (double)q * q - f[p] - (double)p * p) / (2.0 * (q - p));
}
