using MLNet.Detection.Images;
using MLNet.Detection.Masks;

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
                Crowd = HasFlag(shape, "crowd"), Difficult = HasFlag(shape, "difficult"), Outline = OutlineOf(shape, kind, points),
            };
        }
    }

    private static Outline? OutlineOf(JsonField shape, string kind, (double X, double Y)[] points)
    {
        var (x0, y0, x1, y1) = kind == "circle" ? AroundCircle(points) : Around(points);
        return kind switch
        {
            "polygon" => new PolygonOutline([[.. points.SelectMany(p => new[] { (float)p.X, (float)p.Y })]]),
            "circle" => Circle((x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2),
            "mask" => Mask(shape, (int)Math.Round(x0), (int)Math.Round(y0)),
            _ => new PolygonOutline([[(float)x0, (float)y0, (float)x1, (float)y0, (float)x1, (float)y1, (float)x0, (float)y1]]),
        };
    }

    // A picture of its own, base 64, whose first pixel is at the first point.
    private static PixelOutline Mask(JsonField shape, int left, int top)
    {
        var mask = shape["mask"];
        try
        {
            var stored = LabelPng.Read(Convert.FromBase64String(mask.Text()), "mask");
            return new(left, top, stored.Width, [.. stored.Numbers.Select(number => number != 0)]);
        }
        catch (Exception error) when (error is FormatException or UnreadableImageException)
        {
            throw mask.Place.Error($"the mask is no PNG in base 64 ({error.Message.TrimEnd('.')})", "Export it again.", error);
        }
    }

    private static PolygonOutline Circle(double x, double y, double radius)
    {
        const int Points = 64;
        return new([[.. Enumerable.Range(0, Points).SelectMany(i => new[]
        {
            (float)(x + radius * Math.Cos(Math.Tau * i / Points)), (float)(y + radius * Math.Sin(Math.Tau * i / Points)),
        })]]);
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
