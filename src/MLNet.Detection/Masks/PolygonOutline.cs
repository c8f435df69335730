namespace MLNet.Detection.Masks;

/// <summary>
/// One or more polygons, x0, y0, x1, y1, ... of each in pixels of the picture: the pixels whose centre lies inside of
/// one of
/// them, by the even-odd rule for a polygon that crosses itself.
/// </summary>
/// <param name="Polygons">The polygons; one of less than three points takes nothing.</param>
public sealed record PolygonOutline(IReadOnlyList<float[]> Polygons) : Outline
{
    /// <inheritdoc/>
    public override void Fill(int width, int height, Action<int> pixel)
    {
        var seen = Polygons.Count > 1 ? new HashSet<int>() : null;
        foreach (var polygon in Polygons)
            Fill(polygon, width, height, at =>
            {
                if (seen?.Add(at) ?? true)
                    pixel(at);
            });
    }

    internal override PolygonOutline Scaled(double x, double y) => x == 1 && y == 1 ? this
        : new([.. Polygons.Select(polygon => polygon.Select((value, i) => (float)(value * (i % 2 == 0 ? x : y))).ToArray())]);

    private static void Fill(float[] polygon, int width, int height, Action<int> pixel)
    {
        var (points, crossings) = (polygon.Length / 2, new List<double>());
        if (points < 3)
            return;
        var (top, bottom) = (float.PositiveInfinity, float.NegativeInfinity);
        for (var i = 0; i < points; i++)
            (top, bottom) = (Math.Min(top, polygon[2 * i + 1]), Math.Max(bottom, polygon[2 * i + 1]));
        for (var row = (int)Math.Max(0, Math.Floor(top)); row < height && row < bottom; row++)
        {
            crossings.Clear();
            var y = row + 0.5;
            for (var i = 0; i < points; i++)
            {
                var j = (i + 1) % points;
                double x0 = polygon[2 * i], y0 = polygon[2 * i + 1], x1 = polygon[2 * j], y1 = polygon[2 * j + 1];
                // A line gone there and back crosses at one place to the last bit.
                if (y0 > y1)
                    (x0, y0, x1, y1) = (x1, y1, x0, y0);
                if (y0 <= y != y1 <= y)
                    crossings.Add(x0 + (y - y0) / (y1 - y0) * (x1 - x0));
            }
            crossings.Sort();
            for (var i = 0; i + 1 < crossings.Count; i += 2)
                for (var x = (int)Math.Max(0, Math.Ceiling(crossings[i] - 0.5)); x < width && x + 0.5 < crossings[i + 1]; x++)
                    pixel(row * width + x);
        }
    }
}
