using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>Blurs by a Gaussian of random width; at the border the last pixel goes on. Boxes stay.</summary>
/// <param name="MinDeviation">The least standard deviation, pixels; above 0.</param>
/// <param name="MaxDeviation">The greatest.</param>
/// <param name="Probability">How often, 0 to 1.</param>
public sealed record GaussianBlur(double MinDeviation = 0.3, double MaxDeviation = 2, double Probability = 0.1)
    : IAugmentation
{
    /// <summary>The least standard deviation, pixels; above 0.</summary>
    public double MinDeviation { get; } = MinDeviation > 0 && MinDeviation <= MaxDeviation && MaxDeviation <= 100 ? MinDeviation
        : throw new ArgumentOutOfRangeException(nameof(MinDeviation), MinDeviation,
            $"Expected a number above 0, at most {MaxDeviation}, and that at most 100.");

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random) => random.NextDouble() >= Probability ? picture
        : picture with { Image = Blur(picture.Image, MinDeviation + (MaxDeviation - MinDeviation) * random.NextDouble()) };

    /// <summary>The blurred picture: along rows, then along columns.</summary>
    public static RgbImage Blur(RgbImage image, double deviation)
    {
        var weights = Weights(deviation);
        var (width, height) = (image.Width, image.Height);
        var rows = new float[image.Pixels.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var (x, first) = (i / 3 % width, i - 3 * (i / 3 % width));
            for (var k = 0; k < weights.Length; k++)
                rows[i] += weights[k] * image.Pixels[first + 3 * Math.Clamp(x + k - weights.Length / 2, 0, width - 1)];
        }
        var blurred = new byte[rows.Length];
        for (var i = 0; i < blurred.Length; i++)
        {
            var (y, first, sum) = (i / (3 * width), i % (3 * width), 0.5f);
            for (var k = 0; k < weights.Length; k++)
                sum += weights[k] * rows[first + 3 * width * Math.Clamp(y + k - weights.Length / 2, 0, height - 1)];
            blurred[i] = (byte)Math.Clamp(sum, 0, 255);
        }
        return new(width, height, blurred);
    }

    // Three deviations to each side hold 99.7 % of the weight.
    private static float[] Weights(double deviation)
    {
        var reach = Math.Max(1, (int)Math.Ceiling(3 * deviation));
        double[] weights = [.. Enumerable.Range(-reach, 2 * reach + 1)
            .Select(x => Math.Exp(-x * x / (2 * deviation * deviation)))];
        return [.. weights.Select(weight => (float)(weight / weights.Sum()))];
    }
}
