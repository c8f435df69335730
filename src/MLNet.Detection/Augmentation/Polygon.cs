namespace MLNet.Detection.Augmentation;

/// <summary>Forms with straight edges and no dents, by their corners in turn.</summary>
internal static class Polygon
{
    /// <summary>The part inside a picture. Sutherland and Hodgman 1974, https://doi.org/10.1145/360767.360802</summary>
    public static (double X, double Y)[] Inside((double X, double Y)[] corners, double width, double height)
    {
        corners = Cut(corners, p => p.X);
        corners = Cut(corners, p => width - p.X);
        corners = Cut(corners, p => p.Y);
        return Cut(corners, p => height - p.Y);
    }

    /// <summary>Its area: half of the sum of x y' - x' y over edges.</summary>
    public static double Area((double X, double Y)[] corners) => Math.Abs(corners.Select((p, i) =>
        (From: p, To: corners[(i + 1) % corners.Length])).Sum(edge => edge.From.X * edge.To.Y - edge.To.X * edge.From.Y)) / 2;

    // The part whose distance to a line is not negative.
    private static (double X, double Y)[] Cut((double X, double Y)[] corners, Func<(double X, double Y), double> distance)
    {
        var kept = new List<(double X, double Y)>();
        for (var i = 0; i < corners.Length; i++)
        {
            var (from, to) = (corners[i], corners[(i + 1) % corners.Length]);
            var (before, behind) = (distance(from), distance(to));
            if (before >= 0)
                kept.Add(from);
            if (before >= 0 == behind >= 0)
                continue;
            var t = before / (before - behind);
            kept.Add((from.X + t * (to.X - from.X), from.Y + t * (to.Y - from.Y)));
        }
        return [.. kept];
    }
}
