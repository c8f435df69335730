using System.Numerics.Tensors;

namespace MLNet.Detection.Images;

/// <summary>Separable resampling of RGB pixels; see <see cref="ImageResize"/> for the rule.</summary>
internal static class Resampler
{
    public static RgbImage Resample(RgbImage image, int width, int height)
    {
        if (image.Width == width && image.Height == height)
            return image;
        return image.Width == 2 * width && image.Height == 2 * height
            ? Halve(image)
            : Separable(image, width, height);
    }

    private static RgbImage Halve(RgbImage image)
    {
        var half = new RgbImage(image.Width / 2, image.Height / 2, new byte[image.Pixels.Length / 4]);
        for (var y = 0; y < half.Height; y++)
        {
            ReadOnlySpan<byte> upper = image.Row(2 * y), lower = image.Row(2 * y + 1);
            var row = half.Row(y);
            for (int i = 0, j = 0; i < row.Length; i += 3, j += 6)
                for (var c = 0; c < 3; c++)
                    row[i + c] = (byte)((upper[j + c] + upper[j + c + 3] + lower[j + c] + lower[j + c + 3] + 2) >> 2);
        }
        return half;
    }

    private static RgbImage Separable(RgbImage image, int width, int height)
    {
        var result = new RgbImage(width, height, new byte[3 * width * height]);
        ResampleTaps across = new(image.Width, width), down = new(image.Height, height);
        float[] mixed = new float[3 * image.Width], converted = new float[3 * image.Width];
        for (var y = 0; y < height; y++)
        {
            mixed.AsSpan().Clear();
            for (var k = 0; k < down.Count; k++)
                if (down[y][k] is var weight and > 0)
                {
                    TensorPrimitives.ConvertTruncating<byte, float>(image.Row(down.First[y] + k), converted);
                    TensorPrimitives.MultiplyAdd(converted, weight, mixed, mixed);
                }
            MixRow(mixed, across, result.Row(y));
        }
        return result;
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
