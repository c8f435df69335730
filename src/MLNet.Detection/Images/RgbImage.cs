namespace MLNet.Detection.Images;

/// <summary>Pixels of a picture.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows, the top one first.</param>
/// <param name="Pixels">[height, width, 3], red, green, blue, 0 to 255. Shared, not copied.</param>
public sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>[height, width, 3], red, green, blue, 0 to 255.</summary>
    public byte[] Pixels { get; } = Pixels.Length == 3L * Width * Height && Width > 0 && Height > 0 ? Pixels
        : throw new ArgumentException(
            $"A {Width} x {Height} image has {3L * Width * Height} bytes of red, green and blue, not {Pixels.Length}.");

    /// <summary>A picture of one colour.</summary>
    public static RgbImage Filled(int width, int height, byte red, byte green, byte blue)
    {
        var image = new RgbImage(width, height, GC.AllocateUninitializedArray<byte>(3 * width * height));
        for (var i = 0; i < 3 * width; i += 3)
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (red, green, blue);
        for (var y = 1; y < height; y++)
            image.Row(0).CopyTo(image.Row(y));
        return image;
    }

    /// <summary>The 3 * width bytes of a row.</summary>
    public Span<byte> Row(int y) => Pixels.AsSpan(3 * Width * y, 3 * Width);

    /// <summary>A part of the picture.</summary>
    internal RgbImage Window(int left, int top, int width, int height)
    {
        var window = new RgbImage(width, height, GC.AllocateUninitializedArray<byte>(3 * width * height));
        for (var y = 0; y < height; y++)
            Row(top + y).Slice(3 * left, 3 * width).CopyTo(window.Row(y));
        return window;
    }

    /// <summary>Lays a smaller picture on this one, its first pixel at (left, top).</summary>
    internal void Draw(RgbImage image, int left, int top)
    {
        for (var y = 0; y < image.Height; y++)
            image.Row(y).CopyTo(Row(top + y)[(3 * left)..]);
    }
}
