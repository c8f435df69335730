using MLNet.Detection.Data;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Turns, scales, shears and shifts a picture about its centre; the picture keeps its size. A box becomes the smallest
/// one around its turned form, and is dropped when too little of it is left to be seen.
/// </summary>
/// <param name="Degrees">The most that it is turned, either way.</param>
/// <param name="Translate">The most that it is shifted, in parts of its sides.</param>
/// <param name="MinScale">The smallest factor, above 0.</param>
/// <param name="MaxScale">The largest factor.</param>
/// <param name="Shear">The most that each axis leans, degrees.</param>
/// <param name="Probability">How often, 0 to 1.</param>
public sealed record RandomAffine(double Degrees = 10, double Translate = 0.1, double MinScale = 0.8,
    double MaxScale = 1.25, double Shear = 2, double Probability = 0.5) : IAugmentation
{
    /// <summary>The smallest factor, above 0.</summary>
    public double MinScale { get; } = MinScale > 0 && MinScale <= MaxScale && double.IsFinite(MaxScale) ? MinScale
        : throw new ArgumentOutOfRangeException(nameof(MinScale), MinScale, $"Expected a number above 0, at most {MaxScale}.");

    /// <summary>The most that each axis leans, degrees; below 45.</summary>
    public double Shear { get; } = Shear is >= 0 and < 45 ? Shear
        : throw new ArgumentOutOfRangeException(nameof(Shear), Shear, "Expected 0 to 45 degrees.");

    /// <summary>The grey beside the picture.</summary>
    public byte Fill { get; init; } = 114;

    /// <summary>The least part of an object that must be inside for its box to stay.</summary>
    public double MinVisible { get; init; } = 0.3;

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random)
    {
        if (random.NextDouble() >= Probability)
            return picture;
        double x = picture.Image.Width / 2.0, y = picture.Image.Height / 2.0;
        var (angle, factor) = (Radians(Degrees * Sign(random)), MinScale * Math.Pow(MaxScale / MinScale, random.NextDouble()));
        var change = Homography.Shift(-x, -y)
            .Then(Homography.Shear(Radians(Shear * Sign(random)), Radians(Shear * Sign(random))))
            .Then(Homography.Scale(factor)).Then(Homography.Turn(angle))
            .Then(Homography.Shift(x + 2 * x * Translate * Sign(random), y + 2 * y * Translate * Sign(random)));
        return Warp.Apply(picture, change, Fill, MinVisible);
    }

    private static double Sign(Random random) => 2 * random.NextDouble() - 1;

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
