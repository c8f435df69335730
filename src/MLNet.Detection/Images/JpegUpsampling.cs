using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNet.Detection.Images;

/// <summary>
/// Brings rows of samples to the width of the picture. Chroma of half the size is interpolated linearly: pixels lie a
/// quarter of a sample left and right of its centre, and so take 3/4 of it and 1/4 of the neighbour; likewise down.
/// </summary>
/// <param name="width">Pixels in a row of the picture.</param>
internal sealed class JpegUpsampling(int width)
{
    private const int LeastWidth = 3;   // narrower planes are repeated, as by the usual decoders

    // Before the first and behind the last sample stands a copy of it.
    private readonly ushort[] _sums = new ushort[width + 2 + Vector256<ushort>.Count];

    /// <summary>Fills a row of pixels.</summary>
    /// <param name="component">The samples.</param>
    /// <param name="mostAcross">Largest sampling factors of the picture's components.</param>
    /// <param name="mostDown">The same, vertically.</param>
    /// <param name="y">The row.</param>
    /// <param name="row">Where it goes; at least 32 bytes longer than the picture is wide.</param>
    public void Fill(JpegComponent component, int mostAcross, int mostDown, int y, Span<byte> row)
    {
        int across = mostAcross / component.Across, down = mostDown / component.Down;
        var linear = component.Width >= LeastWidth;
        var near = component.Row(y / down);
        // The row of samples on the other side of this row of pixels.
        var far = component.Row(y / 2 + (y % 2 == 0 ? -1 : 1));
        if (across == 1 && down == 1)
            near.CopyTo(row);
        else if (across == 2 && down == 1 && linear)
            Widen(Sums(near, default), row, 1, 2, 2);
        else if (across == 2 && down == 2 && linear)
            Widen(Sums(near, far), row, 8, 7, 4);
        else if (across == 1 && down == 2)
            for (var x = 0; x < near.Length; x++)
                row[x] = (byte)(3 * near[x] + far[x] + (y % 2 == 0 ? 1 : 2) >> 2);
        else
            for (var x = 0; x < width && x / across < near.Length; x++)
                row[x] = near[x / across];
    }

    // 3 near + far, or near alone, with a copy at either end.
    private int Sums(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far)
    {
        var sums = _sums.AsSpan(1, near.Length);
        var x = 0;
        for (; x <= near.Length - Vector128<byte>.Count; x += Vector128<byte>.Count)
        {
            var sum = Wide(near[x..]);
            if (far.Length > 0)
                sum = sum * 3 + Wide(far[x..]);
            sum.CopyTo(sums[x..]);
        }
        for (; x < near.Length; x++)
            sums[x] = (ushort)(far.Length > 0 ? 3 * near[x] + far[x] : near[x]);
        (_sums[0], _sums[near.Length + 1]) = (sums[0], sums[^1]);
        return near.Length;
    }

    private void Widen(int samples, Span<byte> row, ushort roundLeft, ushort roundRight, int shift)
    {
        for (var x = 0; x < samples; x += Vector256<ushort>.Count)
        {
            var here = Vector256.LoadUnsafe(ref _sums[x + 1]) * 3;
            var left = here + Vector256.LoadUnsafe(ref _sums[x]) + Vector256.Create(roundLeft) >> shift;
            var right = here + Vector256.LoadUnsafe(ref _sums[x + 2]) + Vector256.Create(roundRight) >> shift;
            // As bytes: left, right, left, right, ...
            MemoryMarshal.Write(row[(2 * x)..], left | right << 8);
        }
    }

    private static Vector256<ushort> Wide(ReadOnlySpan<byte> samples)
    {
        var bytes = Vector128.Create(samples[..Vector128<byte>.Count]);
        return Vector256.Create(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes));
    }
}
