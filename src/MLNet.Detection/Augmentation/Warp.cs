using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Pictures seen through a <see cref="Homography"/>: pixels are interpolated linearly, masks take the nearest pixel, a
/// box becomes the smallest one around the form that it turns into, as far as that is in the picture.
/// </summary>
internal static class Warp
{
    /// <summary>The warped picture, of the same size.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="change">Where its points go.</param>
    /// <param name="fill">The grey beside it.</param>
    /// <param name="minVisible">The least part of an object's form that must be inside for its box to stay.</param>
    public static LabeledPicture Apply(LabeledPicture picture, Homography change, byte fill, double minVisible)
    {
        var (width, height, back) = (picture.Image.Width, picture.Image.Height, change.Inverse());
        return new(Pixels(picture.Image, back, fill),
            [.. picture.Boxes.Select(label => Moved(label, change, width, height, minVisible)).OfType<LabeledBox>()])
        {
            Labels = picture.Labels?.Placed(width, height, (x, y) =>
            {
                var (u, v) = back.Map(x + 0.5, y + 0.5);
                return ((int)Math.Floor(u), (int)Math.Floor(v));
            }),
        };
    }

    private static LabeledBox? Moved(
        LabeledBox label, Homography change, int width, int height, double minVisible)
    {
        var whole = change.Corners(label.Box);
        var inside = Polygon.Inside(whole, width, height);
        var (area, seen) = (Polygon.Area(whole), Polygon.Area(inside));
        if (seen <= 0 || seen < minVisible * area)
            return null;
        var box = new Box((float)inside.Min(p => p.X), (float)inside.Min(p => p.Y), (float)inside.Max(p => p.X),
            (float)inside.Max(p => p.Y)).Clip(width, height);
        return !box.IsProper ? null
            : label with { Box = box, Area = label.Area * seen / Math.Max(label.Box.Area, 1e-6), Outline = null };
    }

    private static RgbImage Pixels(RgbImage image, Homography back, byte fill)
    {
        var warped = new RgbImage(image.Width, image.Height, new byte[image.Pixels.Length]);
        Span<double> color = stackalloc double[3];
        for (var (y, i) = (0, 0); y < image.Height; y++)
            for (var x = 0; x < image.Width; x++, i += 3)
            {
                var (u, v) = back.Map(x + 0.5, y + 0.5);
                Interpolate(image, u - 0.5, v - 0.5, fill, color);
                for (var c = 0; c < 3; c++)
                    warped.Pixels[i + c] = (byte)(color[c] + 0.5);
            }
        return warped;
    }

    private static void Interpolate(RgbImage image, double x, double y, byte fill, Span<double> color)
    {
        color.Fill(fill);
        if (!(x > -1 && y > -1 && x < image.Width && y < image.Height))
            return;
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        double a = x - left, b = y - top;
        color.Clear();
        Add(image, left, top, (1 - a) * (1 - b), fill, color);
        Add(image, left + 1, top, a * (1 - b), fill, color);
        Add(image, left, top + 1, (1 - a) * b, fill, color);
        Add(image, left + 1, top + 1, a * b, fill, color);
    }

    private static void Add(RgbImage image, int x, int y, double weight, byte fill, Span<double> color)
    {
        var inside = (uint)x < (uint)image.Width && (uint)y < (uint)image.Height;
        var place = inside ? 3 * (y * image.Width + x) : 0;
        for (var c = 0; c < 3; c++)
            color[c] += weight * (inside ? image.Pixels[place + c] : fill);
    }
}
