namespace MLNet.Detection.Segmentation;

/// <summary>Planes of a map [channels, height, width], read between their pixels.</summary>
/// <param name="Values">The numbers.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
internal readonly record struct MapGrid(ReadOnlyMemory<float> Values, int Width, int Height)
{
    /// <summary>
    /// The planes in another size: between the four nearest pixels, centres at halves, the outermost ones on to the
    /// border.
    /// </summary>
    /// <param name="width">Pixels of a new row.</param>
    /// <param name="height">New rows.</param>
    /// <param name="acrossScale">Old pixels of a new one.</param>
    /// <param name="acrossStart">Where new rows begin in old ones.</param>
    /// <param name="downScale">Old rows of a new one.</param>
    /// <param name="downStart">Where new columns begin in old ones.</param>
    public float[] Resampled(
        int width, int height, double acrossScale, double acrossStart, double downScale, double downStart)
    {
        if ((width, height, acrossScale, acrossStart, downScale, downStart) == (Width, Height, 1, 0, 1, 0))
            return Values.ToArray();
        var values = Values.Span;
        var size = Width * Height;
        var (xs, ys) = (Taps(width, acrossScale, acrossStart, Width), Taps(height, downScale, downStart, Height));
        var result = new float[values.Length / size * width * height];
        var to = 0;
        for (var plane = 0; plane < values.Length / size; plane++)
            foreach (var (row, nextRow, down) in ys)
            {
                var upper = values.Slice(plane * size + row * Width, Width);
                var lower = values.Slice(plane * size + nextRow * Width, Width);
                foreach (var (x, next, across) in xs)
                {
                    var (a, b) = (upper[x] + across * (upper[next] - upper[x]), lower[x] + across * (lower[next] - lower[x]));
                    result[to++] = a + down * (b - a);
                }
            }
        return result;
    }

    private static (int First, int Next, float Part)[] Taps(int count, double scale, double start, int size)
    {
        var taps = new (int, int, float)[count];
        for (var i = 0; i < count; i++)
        {
            var at = Math.Clamp((i + 0.5) * scale + start - 0.5, 0, size - 1);
            var first = (int)at;
            taps[i] = (first, Math.Min(first + 1, size - 1), (float)(at - first));
        }
        return taps;
    }
}
