using MLNet.Detection.Images;

namespace MLNet.Detection.Masks;

/// <summary>
/// What each pixel of a picture shows, row by row: 0 for background, k for the class k - 1 of the data set, and
/// <see cref="Ignored"/> for pixels that do not count.
/// </summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Classes">One number a pixel.</param>
public sealed record LabelMap(int Width, int Height, byte[] Classes)
{
    /// <summary>The number of pixels that do not count, as in Pascal VOC and Cityscapes.</summary>
    public const byte Ignored = 255;

    /// <summary>Classes that a map can hold.</summary>
    public const int MostClasses = Ignored - 1;

    /// <summary>One number a pixel.</summary>
    public byte[] Classes { get; } = Classes.Length == (long)Width * Height && Width > 0 && Height > 0 ? Classes
        : throw new ArgumentException($"A {Width} x {Height} map has {(long)Width * Height} pixels, not {Classes.Length}.");

    /// <summary>The object of each pixel, 0 for none; null where objects of a class are not told apart.</summary>
    public ushort[]? Instances { get; init; }

    /// <summary>What each pixel weighs more in the loss, beside 1; null for nothing.</summary>
    internal float[]? Weights { get; init; }

    /// <summary>A map of the pixels with the given places in this one; -1 for a pixel that does not count.</summary>
    internal LabelMap Taken(int width, int height, int[] places) => new(width, height, Take(Classes, places, Ignored))
    {
        Instances = Instances is null ? null : Take(Instances, places, (ushort)0),
        Weights = Weights is null ? null : Take(Weights, places, 0f),
    };

    /// <summary>The window whose first pixel is (left, top); what lies beside this map does not count.</summary>
    internal LabelMap Window(int left, int top, int width, int height) => Placed(width, height, (x, y) => (x + left, y + top));

    /// <summary>In another size: each pixel is the one under its centre.</summary>
    internal LabelMap Resized(int width, int height) => width == Width && height == Height ? this
        : Placed(width, height, (x, y) => ((int)((x + 0.5) * Width / width), (int)((y + 0.5) * Height / height)));

    /// <summary>As the picture is brought to a network's size; the bars of a letterbox do not count.</summary>
    internal LabelMap Fitted(ImageResize resize)
    {
        var (width, height) = resize.InnerSize(Width, Height);
        var inner = Resized(width, height);
        return (width, height) == (resize.Width, resize.Height) ? inner
            : inner.Window(-(resize.Width - width) / 2, -(resize.Height - height) / 2, resize.Width, resize.Height);
    }

    /// <summary>Each pixel of a new map from the pixel of this one that a function names.</summary>
    internal LabelMap Placed(int width, int height, Func<int, int, (int X, int Y)> source)
    {
        var places = new int[width * height];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var (fromX, fromY) = source(x, y);
                places[y * width + x] = (uint)fromX < (uint)Width && (uint)fromY < (uint)Height ? fromY * Width + fromX : -1;
            }
        return Taken(width, height, places);
    }

    /// <summary>Maps beside each other, each with its first pixel at a place; objects keep numbers of their own.</summary>
    internal static LabelMap Joined(int width, int height, IReadOnlyList<(LabelMap Map, int Left, int Top)> parts)
    {
        var (classes, first) = (new byte[width * height], parts[0].Map);
        Array.Fill(classes, Ignored);
        var instances = first.Instances is null ? null : new ushort[classes.Length];
        var weights = first.Weights is null ? null : new float[classes.Length];
        var last = 0;
        foreach (var (map, left, top) in parts)
        {
            for (var y = 0; y < map.Height; y++)
                for (var x = 0; x < map.Width; x++)
                {
                    var (from, to) = (y * map.Width + x, (y + top) * width + x + left);
                    classes[to] = map.Classes[from];
                    if (instances is not null && map.Instances![from] is > 0 and var number)
                        instances[to] = checked((ushort)(last + number));
                    if (weights is not null)
                        weights[to] = map.Weights![from];
                }
            last += map.Instances?.Max() ?? 0;
        }
        return new(width, height, classes) { Instances = instances, Weights = weights };
    }

    private static T[] Take<T>(T[] from, int[] places, T missing)
    {
        var taken = new T[places.Length];
        for (var i = 0; i < taken.Length; i++)
            taken[i] = places[i] < 0 ? missing : from[places[i]];
        return taken;
    }
}
