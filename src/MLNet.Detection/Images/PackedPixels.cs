using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNet.Detection.Images;

/// <summary>Pixels of four bytes, as image libraries keep them, and of three, as a network takes them.</summary>
internal static class PackedPixels
{
    private static ReadOnlySpan<byte> DropFourth => [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255];

    private static ReadOnlySpan<byte> DropFourthBgr => [2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 255, 255, 255, 255];

    /// <summary>Drops the fourth byte of each pixel.</summary>
    /// <param name="packed">Four bytes a pixel; may be longer than needed, and may begin where <paramref name="rgb"/>
    /// does.</param>
    /// <param name="rgb">Three bytes a pixel.</param>
    /// <param name="bgr">Whether blue comes first in <paramref name="packed"/>.</param>
    public static void ToRgb(ReadOnlySpan<byte> packed, Span<byte> rgb, bool bgr = false)
    {
        var order = Vector128.Create(bgr ? DropFourthBgr : DropFourth);
        var (from, to) = (0, 0);
        // Sixteen bytes are written and the last four of them overwritten by the next; they must fit.
        for (; to + 16 <= rgb.Length && from + 16 <= packed.Length; from += 16, to += 12)
            Vector128.Shuffle(Vector128.Create(packed.Slice(from, 16)), order).CopyTo(rgb[to..]);
        var (first, last) = bgr ? (2, 0) : (0, 2);
        for (; to < rgb.Length; from += 4, to += 3)
            (rgb[to], rgb[to + 1], rgb[to + 2]) = (packed[from + first], packed[from + 1], packed[from + last]);
    }

    /// <summary>Adds a fourth byte, 255, to each pixel.</summary>
    public static void FromRgb(ReadOnlySpan<byte> rgb, Span<byte> packed)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(packed);
        for (var (i, from) = (0, 0); from < rgb.Length; i++, from += 3)
            pixels[i] = 0xFF000000u | (uint)rgb[from + 2] << 16 | (uint)rgb[from + 1] << 8 | rgb[from];
    }

    /// <summary>
    /// Drops alpha from pixels whose colours were multiplied by it: c = min(255, round(255 c' / a)). A pixel with a colour
    /// above its alpha was not multiplied and keeps its colours, as do opaque and fully transparent ones.
    /// </summary>
    /// <inheritdoc cref="ToRgb"/>
    public static void Unpremultiply(ReadOnlySpan<byte> packed, Span<byte> rgb, bool bgr)
    {
        ToRgb(packed, rgb, bgr);
        var pixels = MemoryMarshal.Cast<byte, uint>(packed);
        for (var i = 0; 3 * i < rgb.Length; i++)
        {
            var alpha = (int)(pixels[i] >> 24);
            if (alpha is 0 or 255)
                continue;
            var color = rgb.Slice(3 * i, 3);
            if (color[0] <= alpha && color[1] <= alpha && color[2] <= alpha)
                for (var c = 0; c < 3; c++)
                    color[c] = (byte)((255 * color[c] + alpha / 2) / alpha);
        }
    }
}
