namespace MLNet.Detection.Images;

/// <summary>
/// From samples to pixels: chroma is interpolated linearly between sample centres, and colours are converted as JFIF
/// says, both in the integers and roundings that the usual decoders share.
/// </summary>
internal static class JpegColor
{
    private const int PointBits = 16, Half = 1 << PointBits - 1;
    private const int LeastWidth = 3;   // narrower planes are repeated, as by the usual decoders

    public static RgbImage ToRgb(JpegFrame frame, bool isRgb)
    {
        var image = new RgbImage(frame.Width, frame.Height, new byte[3 * frame.Width * frame.Height]);
        var rows = frame.Components.Select(_ => new byte[frame.Width + 8]).ToArray();
        for (var y = 0; y < frame.Height; y++)
        {
            for (var c = 0; c < rows.Length; c++)
                Upsample(frame.Components[c], frame.MostAcross, frame.MostDown, y, rows[c]);
            if (rows.Length == 1)
                Interleave(rows[0], rows[0], rows[0], image.Row(y));
            else if (isRgb)
                Interleave(rows[0], rows[1], rows[2], image.Row(y));
            else
                Convert(rows[0], rows[1], rows[2], image.Row(y));
        }
        return image;
    }

    private static void Upsample(JpegComponent component, int mostAcross, int mostDown, int y, byte[] row)
    {
        int across = mostAcross / component.Across, down = mostDown / component.Down;
        var linear = component.Width >= LeastWidth;
        var near = component.Row(y / down);
        // The row of samples on the other side of this row of pixels.
        var far = component.Row(y / 2 + (y % 2 == 0 ? -1 : 1));
        if (across == 1 && down == 1)
            near.CopyTo(row);
        else if (across == 2 && down == 1 && linear)
            Widen(near, row);
        else if (across == 2 && down == 2 && linear)
            Widen(near, far, row);
        else if (across == 1 && down == 2)
            for (var x = 0; x < near.Length; x++)
                row[x] = (byte)(3 * near[x] + far[x] + (y % 2 == 0 ? 1 : 2) >> 2);
        else
            for (var x = 0; x < row.Length && x / across < near.Length; x++)
                row[x] = near[x / across];
    }

    // Pixels lie a quarter of a sample left and right of its centre: 3/4 of it and 1/4 of the neighbour.
    private static void Widen(ReadOnlySpan<byte> samples, byte[] row)
    {
        for (var x = 0; x < samples.Length; x++)
        {
            int here = samples[x], left = samples[Math.Max(x - 1, 0)],
                right = samples[Math.Min(x + 1, samples.Length - 1)];
            Put(row, 2 * x, 3 * here + left + 1 >> 2);
            Put(row, 2 * x + 1, 3 * here + right + 2 >> 2);
        }
    }

    private static void Widen(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, byte[] row)
    {
        int left = 3 * near[0] + far[0], here = left;
        for (var x = 0; x < near.Length; x++)
        {
            var right = x + 1 < near.Length ? 3 * near[x + 1] + far[x + 1] : here;
            Put(row, 2 * x, 3 * here + left + 8 >> 4);
            Put(row, 2 * x + 1, 3 * here + right + 7 >> 4);
            (left, here) = (here, right);
        }
    }

    private static void Put(byte[] row, int x, int value) => row[x] = (byte)value;

    private static void Interleave(byte[] red, byte[] green, byte[] blue, Span<byte> pixels)
    {
        for (int x = 0, i = 0; i < pixels.Length; x++, i += 3)
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (red[x], green[x], blue[x]);
    }

    // R = Y + 1.402 Cr, G = Y - 0.34414 Cb - 0.71414 Cr, B = Y + 1.772 Cb
    private static void Convert(byte[] luma, byte[] blueChroma, byte[] redChroma, Span<byte> pixels)
    {
        for (int x = 0, i = 0; i < pixels.Length; x++, i += 3)
        {
            int y = luma[x], cb = blueChroma[x] - 128, cr = redChroma[x] - 128;
            pixels[i] = Clamp(y + (Fix(1.402) * cr + Half >> PointBits));
            pixels[i + 1] = Clamp(y + (-Fix(0.34414) * cb - Fix(0.71414) * cr + Half >> PointBits));
            pixels[i + 2] = Clamp(y + (Fix(1.772) * cb + Half >> PointBits));
        }
    }

    private static int Fix(double constant) => (int)(constant * (1 << PointBits) + 0.5);

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
