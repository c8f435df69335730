using MLNet.Detection.Data;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Turns a picture about its centre; the picture keeps its size. A box becomes the smallest one around its turned form,
/// which is larger than the object where that is no rectangle: small angles harm least.
/// </summary>
/// <param name="Degrees">The most that it is turned, either way.</param>
/// <param name="Probability">How often, 0 to 1.</param>
public sealed record RandomRotation(double Degrees = 15, double Probability = 0.5) : IAugmentation
{
    /// <summary>The grey beside the picture.</summary>
    public byte Fill { get; init; } = 114;

    /// <summary>The least part of an object that must be inside for its box to stay.</summary>
    public double MinVisible { get; init; } = 0.3;

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random) =>
        new RandomAffine(Degrees, Translate: 0, MinScale: 1, MaxScale: 1, Shear: 0, Probability)
        {
            Fill = Fill, MinVisible = MinVisible,
        }.Apply(picture, random);
}
