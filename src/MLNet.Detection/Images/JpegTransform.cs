using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNet.Detection.Images;

/// <summary>
/// The inverse discrete cosine transform of Loeffler, Ligtenberg and Moschytz (ICASSP 1989), in integers with 13 bits
/// behind the point and 2 kept between the passes: the precision that the usual decoders share, so that pixels are
/// equal to theirs.
/// </summary>
internal static class JpegTransform
{
    private const int PointBits = 13, KeptBits = 2;
    private const int SamplesCentre = 128;

    /// <summary>Dequantizes and transforms a block.</summary>
    /// <param name="coefficients">64 in natural order.</param>
    /// <param name="quantization">64 in natural order.</param>
    /// <param name="samples">Where the block's first sample goes.</param>
    /// <param name="stride">Samples from one row to the next.</param>
    public static void Inverse(ReadOnlySpan<short> coefficients, ushort[] quantization, Span<byte> samples, int stride)
    {
        if (coefficients[1..64].IndexOfAnyExcept((short)0) < 0)
        {
            Flat(coefficients[0] * quantization[0], samples, stride);
            return;
        }
        Span<Vector256<int>> work = stackalloc Vector256<int>[8];
        var values = MemoryMarshal.Cast<short, Vector128<short>>(coefficients);
        var steps = MemoryMarshal.Cast<ushort, Vector128<ushort>>(quantization);
        for (var y = 0; y < 8; y++)
            work[y] = Wide(values[y]) * Wide(steps[y]);
        Pass(work, PointBits - KeptBits);
        Transpose(work);
        Pass(work, PointBits + KeptBits + 3);
        Transpose(work);
        for (var y = 0; y < 8; y += 2)
        {
            var rows = Vector128.Narrow(Samples(work[y]), Samples(work[y + 1])).AsUInt64();
            MemoryMarshal.Write(samples[(y * stride)..], rows[0]);
            MemoryMarshal.Write(samples[((y + 1) * stride)..], rows[1]);
        }
    }

    private static void Flat(int dc, Span<byte> samples, int stride)
    {
        var value = (byte)Math.Clamp((dc + 4 >> 3) + SamplesCentre, 0, 255);
        for (var y = 0; y < 8; y++)
            samples.Slice(y * stride, 8).Fill(value);
    }

    /// <summary>Eight transforms at once, one in each column: figure 1 of the paper from right to left.</summary>
    private static void Pass(Span<Vector256<int>> rows, int shift)
    {
        Vector256<int> x0 = rows[0], x1 = rows[1], x2 = rows[2], x3 = rows[3];
        Vector256<int> x4 = rows[4], x5 = rows[5], x6 = rows[6], x7 = rows[7];

        var rotated = (x2 + x6) * Fix(0.541196100);
        Vector256<int> low = rotated - x6 * Fix(1.847759065), high = rotated + x2 * Fix(0.765366865);
        Vector256<int> sum = x0 + x4 << PointBits, difference = x0 - x4 << PointBits;
        Vector256<int> e0 = sum + high, e1 = difference + low, e2 = difference - low, e3 = sum - high;

        var shared = (x7 + x3 + x5 + x1) * Fix(1.175875602);
        Vector256<int> a = (x7 + x1) * -Fix(0.899976223), b = (x5 + x3) * -Fix(2.562915447);
        Vector256<int> c = (x7 + x3) * -Fix(1.961570560) + shared, d = (x5 + x1) * -Fix(0.390180644) + shared;
        Vector256<int> o3 = x7 * Fix(0.298631336) + a + c, o2 = x5 * Fix(2.053119869) + b + d;
        Vector256<int> o1 = x3 * Fix(3.072711026) + b + c, o0 = x1 * Fix(1.501321110) + a + d;

        var half = Vector256.Create(1 << shift - 1);
        (rows[0], rows[7]) = (e0 + o0 + half >> shift, e0 - o0 + half >> shift);
        (rows[1], rows[6]) = (e1 + o1 + half >> shift, e1 - o1 + half >> shift);
        (rows[2], rows[5]) = (e2 + o2 + half >> shift, e2 - o2 + half >> shift);
        (rows[3], rows[4]) = (e3 + o3 + half >> shift, e3 - o3 + half >> shift);
    }

    private static int Fix(double constant) => (int)(constant * (1 << PointBits) + 0.5);

    // Number 8 y + x goes to 8 x + y: bit by bit, what belongs on the other side of the bit changes places.
    private static void Transpose(Span<Vector256<int>> rows)
    {
        for (var y = 0; y < 8; y += 2)
            Exchange(ref rows[y], ref rows[y + 1], Vector128.Create(1, 0, 3, 2), Vector128.Create(-1, 0, -1, 0));
        for (var y = 0; y < 8; y += y % 4 == 0 ? 1 : 3)
            Exchange(ref rows[y], ref rows[y + 2], Vector128.Create(2, 3, 0, 1), Vector128.Create(-1, -1, 0, 0));
        for (var y = 0; y < 4; y++)
            (rows[y], rows[y + 4]) = (Vector256.Create(rows[y].GetLower(), rows[y + 4].GetLower()),
                Vector256.Create(rows[y].GetUpper(), rows[y + 4].GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(
        ref Vector256<int> first, ref Vector256<int> second, Vector128<int> others, Vector128<int> stay)
    {
        var (a, b, c, d) = (first.GetLower(), first.GetUpper(), second.GetLower(), second.GetUpper());
        first = Vector256.Create(Vector128.ConditionalSelect(stay, a, Vector128.Shuffle(c, others)),
            Vector128.ConditionalSelect(stay, b, Vector128.Shuffle(d, others)));
        second = Vector256.Create(Vector128.ConditionalSelect(stay, Vector128.Shuffle(a, others), c),
            Vector128.ConditionalSelect(stay, Vector128.Shuffle(b, others), d));
    }

    private static Vector256<int> Wide(Vector128<short> row) =>
        Vector256.Create(Vector128.WidenLower(row), Vector128.WidenUpper(row));

    private static Vector256<int> Wide(Vector128<ushort> row) =>
        Vector256.Create(Vector128.WidenLower(row), Vector128.WidenUpper(row)).AsInt32();

    private static Vector128<ushort> Samples(Vector256<int> row)
    {
        var samples = Vector256.Clamp(
            row + Vector256.Create(SamplesCentre), Vector256<int>.Zero, Vector256.Create(255)).AsUInt32();
        return Vector128.Narrow(samples.GetLower(), samples.GetUpper());
    }
}
