using MLNet.Detection.Images;

namespace MLNet.Detection.Masks;

/// <summary>Pictures with their labels in colours over them.</summary>
public static class MaskOverlay
{
    // Okabe and Ito 2008, https://jfly.uni-koeln.de/color: people with any common colour blindness tell them apart.
    private static readonly (byte Red, byte Green, byte Blue)[] Colors =
    [
        (213, 94, 0), (0, 114, 178), (0, 158, 115), (240, 228, 66), (204, 121, 167), (86, 180, 233), (230, 159, 0),
    ];

    /// <summary>A copy of a picture: classes as tints, their edges (and those of objects) as lines, pixels that do not count
    /// as white.</summary>
    /// <exception cref="ArgumentException">The map has another size.</exception>
    public static RgbImage Draw(RgbImage image, LabelMap map)
    {
        if ((image.Width, image.Height) != (map.Width, map.Height))
            throw new ArgumentException($"The picture is {image.Width} x {image.Height}, the map {map.Width} x {map.Height}.");
        var drawn = new RgbImage(image.Width, image.Height, [.. image.Pixels]);
        for (var i = 0; i < map.Classes.Length; i++)
        {
            if (map.Classes[i] == 0)
                continue;
            var (red, green, blue) = map.Classes[i] == LabelMap.Ignored ? ((byte)255, (byte)255, (byte)255)
                : Colors[(map.Classes[i] - 1) % Colors.Length];
            var part = IsEdge(map, i) ? 1f : 0.4f;
            Span<byte> pixel = drawn.Pixels.AsSpan(3 * i, 3);
            (pixel[0], pixel[1], pixel[2]) = (Mixed(pixel[0], red, part), Mixed(pixel[1], green, part), Mixed(pixel[2], blue, part));
        }
        return drawn;
    }

    /// <summary>Pictures of one size beside each other.</summary>
    public static RgbImage Beside(RgbImage left, RgbImage right)
    {
        var both = RgbImage.Filled(left.Width + right.Width + 4, left.Height, 255, 255, 255);
        both.Draw(left, 0, 0);
        both.Draw(right, left.Width + 4, 0);
        return both;
    }

    private static byte Mixed(byte under, byte over, float part) => (byte)(under + part * (over - under) + 0.5f);

    private static bool IsEdge(LabelMap map, int at)
    {
        var (x, y) = (at % map.Width, at / map.Width);
        return x > 0 && Differs(map, at, at - 1) || x < map.Width - 1 && Differs(map, at, at + 1)
            || y > 0 && Differs(map, at, at - map.Width) || y < map.Height - 1 && Differs(map, at, at + map.Width);
    }

    private static bool Differs(LabelMap map, int a, int b) =>
        map.Classes[a] != map.Classes[b] || map.Instances is { } objects && objects[a] != objects[b];
}
