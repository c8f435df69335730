using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>Adds normal noise of random strength to every colour of every pixel. Boxes stay.</summary>
/// <param name="MaxDeviation">The greatest standard deviation, of 255.</param>
/// <param name="Probability">How often, 0 to 1.</param>
public sealed record GaussianNoise(double MaxDeviation = 12, double Probability = 0.1) : IAugmentation
{
    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random)
    {
        if (random.NextDouble() >= Probability)
            return picture;
        var (deviation, from) = (MaxDeviation * random.NextDouble(), picture.Image.Pixels);
        var pixels = new byte[from.Length];
        for (var i = 0; i < pixels.Length; i++)
            // Box and Muller 1958.
            pixels[i] = (byte)Math.Clamp(0.5 + from[i] + deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
                * Math.Cos(Math.Tau * random.NextDouble()), 0, 255);
        return picture with { Image = new RgbImage(picture.Image.Width, picture.Image.Height, pixels) };
    }
}
