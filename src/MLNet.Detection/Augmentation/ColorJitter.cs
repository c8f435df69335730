using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Changes brightness, contrast and saturation by random factors from 1 - amount to 1 + amount. Boxes stay.
/// x' = b (128 + c (y + s (x - y) - 128)), y = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
/// </summary>
/// <param name="Brightness">The most that all is brightened or darkened, 0 to 1.</param>
/// <param name="Contrast">The most that distances from the middle grey change, 0 to 1.</param>
/// <param name="Saturation">The most that distances from a pixel's own grey change, 0 to 1.</param>
public sealed record ColorJitter(double Brightness = 0.2, double Contrast = 0.2, double Saturation = 0.2)
    : IAugmentation
{
    private const float Middle = 128;

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random) => picture with
    {
        Image = Change(
            picture.Image, Factor(Brightness, random), Factor(Contrast, random), Factor(Saturation, random)),
    };

    /// <summary>The picture with these factors; 1 changes nothing.</summary>
    public static RgbImage Change(RgbImage image, float brightness, float contrast, float saturation)
    {
        var changed = new byte[image.Pixels.Length];
        // Linear in x and y: a weight for each, and a constant.
        float own = brightness * contrast * saturation, grey = brightness * contrast * (1 - saturation);
        var constant = brightness * (1 - contrast) * Middle + 0.5f;   // rounds half up when truncated
        ReadOnlySpan<byte> pixels = image.Pixels;
        for (var i = 0; i + 2 < pixels.Length; i += 3)
        {
            var luma = 0.299f * pixels[i] + 0.587f * pixels[i + 1] + 0.114f * pixels[i + 2];
            for (var c = i; c < i + 3; c++)
                changed[c] = (byte)Math.Clamp(own * pixels[c] + grey * luma + constant, 0, 255);
        }
        return new(image.Width, image.Height, changed);
    }

    private static float Factor(double amount, Random random) => (float)(1 + amount * (2 * random.NextDouble() - 1));
}
