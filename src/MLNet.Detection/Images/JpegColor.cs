using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNet.Detection.Images;

/// <summary>
/// From samples to pixels: chroma is interpolated linearly between sample centres, and colours are converted as JFIF
/// says, both in the integers and roundings that the usual decoders share.
/// </summary>
internal static class JpegColor
{
    private const int PointBits = 16, Half = 1 << PointBits - 1;

    /// <summary>Pixels that are converted at a time; rows are made long enough for whole groups.</summary>
    private const int Group = 16;

    public static RgbImage ToRgb(JpegFrame frame, bool isRgb)
    {
        var (width, height) = (frame.Width, frame.Height);
        var image = new RgbImage(width, height, GC.AllocateUninitializedArray<byte>(3 * width * height));
        var upsampling = new JpegUpsampling(width);
        var rows = frame.Components.Select(_ => new byte[width + 2 * Group]).ToArray();
        for (var y = 0; y < height; y++)
        {
            for (var c = 0; c < rows.Length; c++)
                upsampling.Fill(frame.Components[c], frame.MostAcross, frame.MostDown, y, rows[c]);
            WriteRow(rows[0], rows[rows.Length / 2], rows[^1], rows.Length == 3 && !isRgb, image.Row(y));
        }
        return image;
    }

    // Red, green, blue; or luma and the chromas of blue and red.
    private static void WriteRow(byte[] first, byte[] second, byte[] third, bool isLuma, Span<byte> pixels)
    {
        Span<byte> last = stackalloc byte[3 * Group];
        for (var x = 0; 3 * x < pixels.Length; x += Group)
        {
            Vector128<byte> a = Vector128.LoadUnsafe(ref first[x]), b = Vector128.LoadUnsafe(ref second[x]);
            var c = Vector128.LoadUnsafe(ref third[x]);
            if (isLuma)
                (a, b, c) = Rgb(a, b, c);
            var rest = pixels[(3 * x)..];
            if (rest.Length >= last.Length)
                Interleave(a, b, c, rest);
            else
            {
                Interleave(a, b, c, last);
                last[..rest.Length].CopyTo(rest);
            }
        }
    }

    // Byte i of the result is byte i / 3 of the red, green or blue ones.
    private static void Interleave(Vector128<byte> red, Vector128<byte> green, Vector128<byte> blue, Span<byte> pixels)
    {
        const byte __ = 255;   // gives 0
        var vectors = MemoryMarshal.Cast<byte, Vector128<byte>>(pixels);
        vectors[0] = Vector128.Shuffle(red, Vector128.Create(0, __, __, 1, __, __, 2, __, __, 3, __, __, 4, __, __, 5))
            | Vector128.Shuffle(green, Vector128.Create(__, 0, __, __, 1, __, __, 2, __, __, 3, __, __, 4, __, __))
            | Vector128.Shuffle(blue, Vector128.Create(__, __, 0, __, __, 1, __, __, 2, __, __, 3, __, __, 4, __));
        vectors[1] = Vector128.Shuffle(red,
                Vector128.Create(__, __, 6, __, __, 7, __, __, 8, __, __, 9, __, __, 10, __))
            | Vector128.Shuffle(green, Vector128.Create(5, __, __, 6, __, __, 7, __, __, 8, __, __, 9, __, __, 10))
            | Vector128.Shuffle(blue, Vector128.Create(__, 5, __, __, 6, __, __, 7, __, __, 8, __, __, 9, __, __));
        vectors[2] = Vector128.Shuffle(red,
                Vector128.Create(__, 11, __, __, 12, __, __, 13, __, __, 14, __, __, 15, __, __))
            | Vector128.Shuffle(green,
                Vector128.Create(__, __, 11, __, __, 12, __, __, 13, __, __, 14, __, __, 15, __))
            | Vector128.Shuffle(blue,
                Vector128.Create(10, __, __, 11, __, __, 12, __, __, 13, __, __, 14, __, __, 15));
    }

    // R = Y + 1.402 Cr, G = Y - 0.34414 Cb - 0.71414 Cr, B = Y + 1.772 Cb
    private static (Vector128<byte> R, Vector128<byte> G, Vector128<byte> B) Rgb(
        Vector128<byte> luma, Vector128<byte> blueChroma, Vector128<byte> redChroma)
    {
        var centre = Vector512.Create(128);
        var (y, cb, cr) = (Wide(luma), Wide(blueChroma) - centre, Wide(redChroma) - centre);
        return (Narrow(y + Rounded(cr * Fix(1.402))),
            Narrow(y + Rounded(cb * -Fix(0.34414) - cr * Fix(0.71414))),
            Narrow(y + Rounded(cb * Fix(1.772))));
    }

    private static int Fix(double constant) => (int)(constant * (1 << PointBits) + 0.5);

    private static Vector512<int> Rounded(Vector512<int> value) => value + Vector512.Create(Half) >> PointBits;

    private static Vector512<int> Wide(Vector128<byte> bytes)
    {
        var shorts = Vector256.Create(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes));
        return Vector512.Create(Vector256.WidenLower(shorts), Vector256.WidenUpper(shorts)).AsInt32();
    }

    private static Vector128<byte> Narrow(Vector512<int> values)
    {
        var bytes = Vector512.Clamp(values, Vector512<int>.Zero, Vector512.Create(255)).AsUInt32();
        var shorts = Vector256.Narrow(bytes.GetLower(), bytes.GetUpper());
        return Vector128.Narrow(shorts.GetLower(), shorts.GetUpper());
    }
}
