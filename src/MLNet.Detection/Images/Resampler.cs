using System.Numerics.Tensors;

namespace MLNet.Detection.Images;

/// <summary>Separable resampling of RGB pixels; see <see cref="ImageResize"/> for the rule.</summary>
internal static class Resampler
{
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
        float[] mixed = new float[stride], converted = new float[stride];
        for (var y = 0; y < result.Height; y++)
        {
            mixed.AsSpan().Clear();
            for (var k = 0; k < down.Count; k++)
                if (down[y][k] is var weight and > 0)
                {
                    TensorPrimitives.ConvertTruncating<byte, float>(
                        pixels.Slice((down.First[y] + k) * stride, stride), converted);
                    TensorPrimitives.MultiplyAdd(converted, weight, mixed, mixed);
                }
            MixRow(mixed, across, result.Row(y));
        }
    }

    private static void MixRow(ReadOnlySpan<float> pixels, ResampleTaps taps, Span<byte> row)
    {
        for (var x = 0; x < taps.First.Length; x++)
        {
            float red = 0.5f, green = 0.5f, blue = 0.5f;   // rounds half up when truncated
            var weights = taps[x];
            var from = pixels.Slice(3 * taps.First[x], 3 * weights.Length);
            for (var k = 0; k < weights.Length; k++)
            {
                red += weights[k] * from[3 * k];
                green += weights[k] * from[3 * k + 1];
                blue += weights[k] * from[3 * k + 2];
            }
            row[3 * x] = (byte)red;
            row[3 * x + 1] = (byte)green;
            row[3 * x + 2] = (byte)blue;
        }
    }
}
