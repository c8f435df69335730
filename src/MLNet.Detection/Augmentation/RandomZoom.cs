using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Zooms out: lays the picture at a random place of a larger one of a single grey, which makes small objects. Liu et
/// al. 2016, section 3.6, https://arxiv.org/abs/1512.02325; torchvision's RandomZoomOut.
/// </summary>
/// <param name="Probability">How often, 0 to 1.</param>
/// <param name="MaxScale">The largest new picture's sides, in those of the old one; at least 1.</param>
/// <param name="Fill">The grey.</param>
public sealed record RandomZoom(double Probability = 0.5, double MaxScale = 4, byte Fill = 114) : IAugmentation
{
    /// <summary>The largest new picture's sides, in those of the old one; at least 1.</summary>
    public double MaxScale { get; } = MaxScale >= 1 ? MaxScale
        : throw new ArgumentOutOfRangeException(nameof(MaxScale), MaxScale, "Expected at least 1.");

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random)
    {
        if (random.NextDouble() >= Probability)
            return picture;
        var scale = 1 + (MaxScale - 1) * random.NextDouble();
        int width = (int)(picture.Image.Width * scale), height = (int)(picture.Image.Height * scale);
        var left = random.Next(width - picture.Image.Width + 1);
        var top = random.Next(height - picture.Image.Height + 1);
        var canvas = RgbImage.Filled(width, height, Fill, Fill, Fill);
        canvas.Draw(picture.Image, left, top);
        return new(canvas, [.. picture.BoxesAt(left, top)])
        {
            Labels = picture.Labels?.Window(-left, -top, width, height),
        };
    }
}
