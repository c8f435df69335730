using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>Encodes a picture as JPEG of a random quality and decodes it again. Boxes stay.</summary>
/// <param name="MinQuality">The least quality, 1 to 100.</param>
/// <param name="MaxQuality">The greatest quality.</param>
/// <param name="Probability">How often, 0 to 1.</param>
public sealed record JpegArtefacts(int MinQuality = 30, int MaxQuality = 90, double Probability = 0.1) : IAugmentation
{
    /// <summary>The least quality, 1 to 100.</summary>
    public int MinQuality { get; } = MinQuality >= 1 && MinQuality <= MaxQuality && MaxQuality <= 100 ? MinQuality
        : throw new ArgumentOutOfRangeException(nameof(MinQuality), MinQuality, $"Expected 1 to {Math.Min(100, MaxQuality)}.");

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random)
    {
        if (random.NextDouble() >= Probability)
            return picture;
        using var encoder = new ImageEncoder(ImageFormat.Jpeg) { Quality = random.Next(MinQuality, MaxQuality + 1) };
        using var decoder = new ImageDecoder();
        return picture with { Image = decoder.Decode(encoder.Encode(picture.Image), "picture in memory") };
    }
}
