using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Makes what a picture shows larger or smaller, evenly in the logarithm of the factor; the picture keeps its size: what is
/// too large is cut at a random place, what is too small lies at a random place of a grey picture.
/// </summary>
/// <param name="Least">The smallest factor, above 0.</param>
/// <param name="Most">The largest factor.</param>
/// <param name="Fill">The grey.</param>
public sealed record RandomScale(double Least = 0.75, double Most = 1.33, byte Fill = 114) : IAugmentation
{
    /// <summary>The smallest factor, above 0.</summary>
    public double Least { get; } = Least > 0 && Least <= Most && double.IsFinite(Most) ? Least
        : throw new ArgumentOutOfRangeException(nameof(Least), Least, $"Expected a number above 0, at most {Most}.");

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random)
    {
        var factor = Least * Math.Pow(Most / Least, random.NextDouble());
        var (width, height) = (picture.Image.Width, picture.Image.Height);
        if (factor >= 1)
        {
            var (w, h) = (Side(width / factor, width), Side(height / factor, height));
            return RandomCrop.Crop(picture, random.Next(width - w + 1), random.Next(height - h + 1), w, h)
                .Resize(new(width, height));
        }
        var small = picture.Resize(new(Side(width * factor, width), Side(height * factor, height)));
        var (left, top) = (random.Next(width - small.Image.Width + 1), random.Next(height - small.Image.Height + 1));
        var canvas = RgbImage.Filled(width, height, Fill, Fill, Fill);
        canvas.Draw(small.Image, left, top);
        return new(canvas, [.. small.BoxesAt(left, top)]) { Labels = small.Labels?.Window(-left, -top, width, height) };
    }

    private static int Side(double pixels, int most) => Math.Clamp((int)Math.Round(pixels), 1, most);
}
