using System.Runtime.InteropServices;

namespace MLNet.Detection.Images;

/// <summary>Turns stored pixels the way that their orientation says.</summary>
internal static class Upright
{
    private readonly record struct Rgb(byte Red, byte Green, byte Blue);

    /// <summary>Whether the upright picture is as wide as the stored one is high.</summary>
    public static bool ExchangesSides(ImageOrientation orientation) => orientation >= ImageOrientation.LeftTop;

    /// <summary>Width and height of the upright picture, or of the stored one from those.</summary>
    public static (int Width, int Height) Sides(int width, int height, ImageOrientation orientation) =>
        ExchangesSides(orientation) ? (height, width) : (width, height);

    /// <summary>The upright picture; the same one where nothing is to be turned.</summary>
    public static RgbImage Turn(RgbImage stored, ImageOrientation orientation)
    {
        if (orientation == ImageOrientation.TopLeft)
            return stored;
        var (width, height) = Sides(stored.Width, stored.Height, orientation);
        var turned = new RgbImage(width, height, GC.AllocateUninitializedArray<byte>(stored.Pixels.Length));
        Turn(stored.Pixels, stored.Width, stored.Height, orientation, turned.Pixels);
        return turned;
    }

    /// <summary>Turns stored pixels, three bytes each, into other memory.</summary>
    public static void Turn(
        ReadOnlySpan<byte> stored, int storedWidth, int storedHeight, ImageOrientation orientation, Span<byte> turned)
    {
        // Every orientation is an optional exchange of the axes, then mirrors of the stored columns and rows.
        var exchanged = ExchangesSides(orientation);
        var mirrorX = orientation is ImageOrientation.TopRight or ImageOrientation.BottomRight
            or ImageOrientation.RightBottom or ImageOrientation.LeftBottom;
        var mirrorY = orientation is ImageOrientation.BottomRight or ImageOrientation.BottomLeft
            or ImageOrientation.RightTop or ImageOrientation.RightBottom;
        var (width, height) = Sides(storedWidth, storedHeight, orientation);
        var from = MemoryMarshal.Cast<byte, Rgb>(stored);
        var to = MemoryMarshal.Cast<byte, Rgb>(turned);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var (column, row) = exchanged ? (y, x) : (x, y);
                column = mirrorX ? storedWidth - 1 - column : column;
                row = mirrorY ? storedHeight - 1 - row : row;
                to[y * width + x] = from[row * storedWidth + column];
            }
    }
}
