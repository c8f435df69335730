using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MLNet.Detection.Images;

/// <summary>Separable resampling of RGB pixels; see <see cref="ImageResize"/> for the rule.</summary>
internal static class Resampler
{
    private static Vector128<byte> FirstBytes => Vector128.Create((byte)0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <param name="pixels">[height, width, 3]</param>
    /// <param name="fromWidth">Pixels of a row.</param>
    /// <param name="fromHeight">Rows.</param>
    /// <param name="width">Of the result.</param>
    /// <param name="height">Of the result.</param>
    public static RgbImage Resample(ReadOnlySpan<byte> pixels, int fromWidth, int fromHeight, int width, int height)
    {
        var result = new RgbImage(width, height, GC.AllocateUninitializedArray<byte>(3 * width * height));
        if (fromWidth == width && fromHeight == height)
            pixels.CopyTo(result.Pixels);
        else if (fromWidth == 2 * width && fromHeight == 2 * height)
            Halve(pixels, result);
        else
            Separable(pixels, fromWidth, fromHeight, result);
        return result;
    }

    private static void Halve(ReadOnlySpan<byte> pixels, RgbImage half)
    {
        var stride = 6 * half.Width;
        for (var y = 0; y < half.Height; y++)
        {
            ReadOnlySpan<byte> upper = pixels.Slice(2 * y * stride, stride), lower = pixels.Slice((2 * y + 1) * stride, stride);
            var row = half.Row(y);
            for (int i = 0, j = 0; i < row.Length; i += 3, j += 6)
                for (var c = 0; c < 3; c++)
                    row[i + c] = (byte)((upper[j + c] + upper[j + c + 3] + lower[j + c] + lower[j + c + 3] + 2) >> 2);
        }
    }

    private static void Separable(ReadOnlySpan<byte> pixels, int fromWidth, int fromHeight, RgbImage result)
    {
        ResampleTaps across = new(fromWidth, result.Width), down = new(fromHeight, result.Height);
        var stride = 3 * fromWidth;
        var mixed = new float[stride + 1];   // and one that is read beside the last pixel
        Span<float> sums = mixed.AsSpan(0, stride), converted = new float[stride];
        for (var y = 0; y < result.Height; y++)
        {
            sums.Clear();
            for (var k = 0; k < down.Count; k++)
                if (down[y][k] is var weight and > 0)
                {
                    TensorPrimitives.ConvertTruncating<byte, float>(
                        pixels.Slice((down.First[y] + k) * stride, stride), converted);
                    TensorPrimitives.MultiplyAdd(converted, weight, sums, sums);
                }
            MixRow(mixed, across, result.Row(y));
        }
    }

    // The three colours of a pixel are summed at once, beside a fourth number that is dropped: the next pixel's red is written
    // in its place, or it stays out of the row.
    private static void MixRow(ReadOnlySpan<float> pixels, ResampleTaps taps, Span<byte> row)
    {
        var last = taps.First.Length - 1;
        for (var x = 0; x < last; x++)
            MemoryMarshal.Write(row.Slice(3 * x, 4), Mixed(pixels, taps, x));
        var color = Mixed(pixels, taps, last);
        MemoryMarshal.AsBytes(new Span<uint>(ref color))[..3].CopyTo(row[(3 * last)..]);
    }

    private static uint Mixed(ReadOnlySpan<float> pixels, ResampleTaps taps, int x)
    {
        var sums = Vector128.Create(0.5f);   // rounds half up when truncated
        var weights = taps[x];
        var from = pixels.Slice(3 * taps.First[x], 3 * weights.Length + 1);
        ref var pixel = ref MemoryMarshal.GetReference(from);
        for (var k = 0; k < weights.Length; k++)
            sums += weights[k] * Vector128.LoadUnsafe(ref pixel, 3 * (nuint)k);
        return Vector128.Shuffle(Vector128.ConvertToInt32(sums).AsByte(), FirstBytes).AsUInt32().ToScalar();
    }
}
