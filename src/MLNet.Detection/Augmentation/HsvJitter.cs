using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Turns the hue of all pixels by the same angle and multiplies saturation and value (Smith 1978,
/// https://doi.org/10.1145/965139.807361), each by chance. Boxes stay.
/// </summary>
/// <param name="Hue">The most that the hue turns, in parts of the circle, 0 to 0.5.</param>
/// <param name="Saturation">The factor of the saturation is 1 - this to 1 + this.</param>
/// <param name="Value">The factor of the value is 1 - this to 1 + this.</param>
public sealed record HsvJitter(double Hue = 0.015, double Saturation = 0.7, double Value = 0.4) : IAugmentation
{
    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random)
    {
        double Sign() => 2 * random.NextDouble() - 1;
        var (turn, saturation, value) = (Hue * Sign(), 1 + Saturation * Sign(), 1 + Value * Sign());
        return picture with { Image = Change(picture.Image, turn, saturation, value) };
    }

    /// <summary>The picture with its hue turned by a part of the circle, and saturation and value multiplied.</summary>
    public static RgbImage Change(RgbImage image, double turn, double saturation, double value)
    {
        var changed = new RgbImage(image.Width, image.Height, new byte[image.Pixels.Length]);
        for (var i = 0; i < image.Pixels.Length; i += 3)
        {
            var (h, s, v) = Hsv(image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]);
            h = (h + 6 * turn + 6) % 6;
            (s, v) = (Math.Clamp(s * saturation, 0, 1), Math.Clamp(v * value, 0, 255));
            for (var c = 0; c < 3; c++)
            {
                // Full in a third of the circle around the colour, none opposite, a slope between.
                var distance = Math.Abs((h - 2 * c + 9) % 6 - 3);
                changed.Pixels[i + c] = (byte)(v * (1 - s * Math.Clamp(distance - 1, 0, 1)) + 0.5);
            }
        }
        return changed;
    }

    // Hue from 0 to 6 (red 0, green 2, blue 4), saturation from 0 to 1, value from 0 to 255.
    private static (double H, double S, double V) Hsv(byte r, byte g, byte b)
    {
        double v = Math.Max(r, Math.Max(g, b)), chroma = v - Math.Min(r, Math.Min(g, b));
        var h = chroma == 0 ? 0 : v == r ? (g - b) / chroma : v == g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
        return ((h + 6) % 6, v == 0 ? 0 : chroma / v, v);
    }
}
