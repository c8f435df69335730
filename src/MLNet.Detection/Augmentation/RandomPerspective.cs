using MLNet.Detection.Data;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Looks at a picture aslant: each corner moves inwards at random; the picture keeps its size. A box becomes the smallest
/// one around its form. torchvision's RandomPerspective moves corners in the same way.
/// </summary>
/// <param name="Distortion">How far a corner moves at most, in halves of the sides, 0 to 1.</param>
/// <param name="Probability">How often, 0 to 1.</param>
public sealed record RandomPerspective(double Distortion = 0.2, double Probability = 0.5) : IAugmentation
{
    /// <summary>How far a corner moves at most, in halves of the sides; at least 0 and below 1.</summary>
    public double Distortion { get; } = Distortion is >= 0 and < 1 ? Distortion
        : throw new ArgumentOutOfRangeException(nameof(Distortion), Distortion, "Expected at least 0 and below 1.");

    /// <summary>The grey beside the picture.</summary>
    public byte Fill { get; init; } = 114;

    /// <summary>The least part of an object that must be inside for its box to stay.</summary>
    public double MinVisible { get; init; } = 0.3;

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random)
    {
        if (random.NextDouble() >= Probability)
            return picture;
        double width = picture.Image.Width, height = picture.Image.Height;
        double X() => Distortion * width / 2 * random.NextDouble();
        double Y() => Distortion * height / 2 * random.NextDouble();
        (double, double)[] corners =
            [(X(), Y()), (width - X(), Y()), (width - X(), height - Y()), (X(), height - Y())];
        return Warp.Apply(picture, Homography.FromCorners(width, height, corners), Fill, MinVisible);
    }
}
