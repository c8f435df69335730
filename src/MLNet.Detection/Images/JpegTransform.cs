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
        if (coefficients[1..].IndexOfAnyExcept((short)0) < 0)
        {
            Flat(coefficients[0] * quantization[0], samples, stride);
            return;
        }
        Span<int> work = stackalloc int[64];
        for (var i = 0; i < 64; i++)
            work[i] = coefficients[i] * quantization[i];
        Pass(work, PointBits - KeptBits);
        Transpose(work);
        Pass(work, PointBits + KeptBits + 3);
        for (var y = 0; y < 8; y++)
            for (var x = 0; x < 8; x++)
                samples[y * stride + x] = (byte)Math.Clamp(work[8 * x + y] + SamplesCentre, 0, 255);
    }

    private static void Flat(int dc, Span<byte> samples, int stride)
    {
        var value = (byte)Math.Clamp((dc + 4 >> 3) + SamplesCentre, 0, 255);
        for (var y = 0; y < 8; y++)
            samples.Slice(y * stride, 8).Fill(value);
    }

    /// <summary>Eight transforms at once, one in each column: figure 1 of the paper from right to left.</summary>
    private static void Pass(Span<int> work, int shift)
    {
        ref var first = ref work[0];
        Vector256<int> x0 = Load(ref first, 0), x2 = Load(ref first, 2), x4 = Load(ref first, 4);
        Vector256<int> x1 = Load(ref first, 1), x3 = Load(ref first, 3), x5 = Load(ref first, 5);
        Vector256<int> x6 = Load(ref first, 6), x7 = Load(ref first, 7);

        var rotated = (x2 + x6) * Fix(0.541196100);
        Vector256<int> low = rotated - x6 * Fix(1.847759065), high = rotated + x2 * Fix(0.765366865);
        Vector256<int> sum = x0 + x4 << PointBits, difference = x0 - x4 << PointBits;
        Vector256<int> e0 = sum + high, e1 = difference + low, e2 = difference - low, e3 = sum - high;

        var shared = (x7 + x3 + x5 + x1) * Fix(1.175875602);
        Vector256<int> a = (x7 + x1) * -Fix(0.899976223), b = (x5 + x3) * -Fix(2.562915447);
        Vector256<int> c = (x7 + x3) * -Fix(1.961570560) + shared, d = (x5 + x1) * -Fix(0.390180644) + shared;
        Vector256<int> o3 = x7 * Fix(0.298631336) + a + c, o2 = x5 * Fix(2.053119869) + b + d;
        Vector256<int> o1 = x3 * Fix(3.072711026) + b + c, o0 = x1 * Fix(1.501321110) + a + d;

        Store(ref first, 0, e0 + o0, shift);
        Store(ref first, 7, e0 - o0, shift);
        Store(ref first, 1, e1 + o1, shift);
        Store(ref first, 6, e1 - o1, shift);
        Store(ref first, 2, e2 + o2, shift);
        Store(ref first, 5, e2 - o2, shift);
        Store(ref first, 3, e3 + o3, shift);
        Store(ref first, 4, e3 - o3, shift);
    }

    private static int Fix(double constant) => (int)(constant * (1 << PointBits) + 0.5);

    private static Vector256<int> Load(ref int first, int row) => Vector256.LoadUnsafe(ref first, (nuint)(8 * row));

    private static void Store(ref int first, int row, Vector256<int> values, int shift) =>
        (values + Vector256.Create(1 << shift - 1) >> shift).StoreUnsafe(ref first, (nuint)(8 * row));

    private static void Transpose(Span<int> work)
    {
        for (var y = 0; y < 8; y++)
            for (var x = y + 1; x < 8; x++)
                (work[8 * y + x], work[8 * x + y]) = (work[8 * x + y], work[8 * y + x]);
    }
}
