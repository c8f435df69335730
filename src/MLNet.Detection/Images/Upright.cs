using System.Runtime.InteropServices;

namespace MLNet.Detection.Images;

/// <summary>Turns stored pixels the way that their orientation says.</summary>
internal static class Upright
{
    private readonly record struct Rgb(byte Red, byte Green, byte Blue);

    /// <summary>Whether the upright picture is as wide as the stored one is high.</summary>
    public static bool ExchangesSides(ImageOrientation orientation) => orientation >= ImageOrientation.LeftTop;

    /// <summary>The upright picture; the same one where nothing is to be turned.</summary>
    public static RgbImage Turn(RgbImage stored, ImageOrientation orientation)
    {
        if (orientation == ImageOrientation.TopLeft)
            return stored;
        // Every orientation is an optional exchange of the axes, then mirrors of the stored columns and rows.
        var exchanged = ExchangesSides(orientation);
        var mirrorX = orientation is ImageOrientation.TopRight or ImageOrientation.BottomRight
            or ImageOrientation.RightBottom or ImageOrientation.LeftBottom;
        var mirrorY = orientation is ImageOrientation.BottomRight or ImageOrientation.BottomLeft
            or ImageOrientation.RightTop or ImageOrientation.RightBottom;
        var (width, height) = exchanged ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
        var turned = new RgbImage(width, height, new byte[stored.Pixels.Length]);
        var from = MemoryMarshal.Cast<byte, Rgb>(stored.Pixels.AsSpan());
        var to = MemoryMarshal.Cast<byte, Rgb>(turned.Pixels.AsSpan());
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var (column, row) = exchanged ? (y, x) : (x, y);
                column = mirrorX ? stored.Width - 1 - column : column;
                row = mirrorY ? stored.Height - 1 - row : row;
                to[y * width + x] = from[row * stored.Width + column];
            }
        return turned;
    }
}
