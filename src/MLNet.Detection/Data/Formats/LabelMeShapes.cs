namespace MLNet.Detection.Data.Formats;

/// <summary>Boxes around LabelMe's shapes.</summary>
internal sealed class LabelMeShapes(DatasetAssembly assembly)
{
    public IEnumerable<FoundBox> Boxes(IEnumerable<JsonField> shapes)
    {
        foreach (var shape in shapes)
        {
            var kind = shape.Find("shape_type")?.Text() ?? "polygon";
            var points = shape["points"].Items().Select(Point).ToArray();
            if (kind is not ("rectangle" or "polygon" or "circle" or "mask") || points.Length < 2)
            {
                assembly.AddProblem(shape.Place.Problem(
                    $"a shape of the type {kind} with {points.Length} points has no box; dropped"));
                continue;
            }
            if (kind is "polygon" or "circle" or "mask")
                assembly.AddUnread($"{kind}s; their bounding boxes are taken");
            var (x0, y0, x1, y1) = kind == "circle" ? AroundCircle(points) : Around(points);
            yield return new(shape["label"].Text(), x0, y0, x1, y1, shape.Place)
            {
                Crowd = HasFlag(shape, "crowd"), Difficult = HasFlag(shape, "difficult"),
            };
        }
    }

    private static (double X, double Y) Point(JsonField point) =>
        point.Items().Select(number => number.Number()).ToArray() is [var x, var y] ? (x, y)
            : throw point.Place.Error("a point is not two numbers", "Correct it, or remove the shape.");

    private static (double, double, double, double) Around((double X, double Y)[] points) =>
        (points.Min(p => p.X), points.Min(p => p.Y), points.Max(p => p.X), points.Max(p => p.Y));

    // The centre, and a point on the circle.
    private static (double, double, double, double) AroundCircle((double X, double Y)[] points)
    {
        var (x, y) = points[0];
        var radius = Math.Sqrt(Math.Pow(points[1].X - x, 2) + Math.Pow(points[1].Y - y, 2));
        return (x - radius, y - radius, x + radius, y + radius);
    }

    private static bool HasFlag(JsonField shape, string name) =>
        shape.Find("flags")?.Find(name)?.Flag() ?? false;
}
