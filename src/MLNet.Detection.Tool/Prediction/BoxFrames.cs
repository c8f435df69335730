using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Tool.Prediction;

/// <summary>Frames round objects, in the colour of their class.</summary>
internal static class BoxFrames
{
    // Okabe and Ito 2008, https://jfly.uni-koeln.de/color: people with any common colour blindness tell them apart.
    private static readonly (byte Red, byte Green, byte Blue)[] Colors =
    [
        (213, 94, 0), (0, 114, 178), (0, 158, 115), (240, 228, 66), (204, 121, 167), (86, 180, 233), (230, 159, 0),
    ];

    /// <summary>A copy of a picture with frames.</summary>
    public static RgbImage Draw(RgbImage image, IEnumerable<DetectedObject> objects)
    {
        var drawn = new RgbImage(image.Width, image.Height, [.. image.Pixels]);
        var thickness = Math.Max(1, Math.Max(image.Width, image.Height) / 300);
        foreach (var found in objects.Reverse())
            Frame(drawn, found.Box, thickness, Colors[found.Class % Colors.Length]);
        return drawn;
    }

    private static void Frame(RgbImage image, Box box, int thickness, (byte Red, byte Green, byte Blue) color)
    {
        var (left, right) = Edges(box.X0, box.X1, image.Width);
        var (top, bottom) = Edges(box.Y0, box.Y1, image.Height);
        for (var y = top; y < bottom; y++)
        {
            var row = image.Row(y);
            var isBar = y < top + thickness || y >= bottom - thickness;
            for (var x = left; x < right; x++)
                if (isBar || x < left + thickness || x >= right - thickness)
                    (row[3 * x], row[3 * x + 1], row[3 * x + 2]) = color;
        }
    }

    private static (int First, int End) Edges(float first, float end, int size)
    {
        var start = (int)Math.Clamp(MathF.Floor(first), 0, size - 1);
        return (start, (int)Math.Clamp(MathF.Ceiling(end), start + 1, size));
    }
}
