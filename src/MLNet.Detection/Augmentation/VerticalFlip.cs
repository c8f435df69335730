using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>Swaps top and bottom.</summary>
/// <param name="Probability">How often, 0 to 1.</param>
public sealed record VerticalFlip(double Probability = 0.5) : IAugmentation
{
    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random) =>
        random.NextDouble() < Probability ? Flip(picture) : picture;

    /// <summary>The picture upside down with its labels.</summary>
    public static LabeledPicture Flip(LabeledPicture picture)
    {
        var (image, width, height) = (picture.Image, picture.Image.Width, picture.Image.Height);
        var flipped = new RgbImage(width, height, new byte[image.Pixels.Length]);
        for (var y = 0; y < height; y++)
            image.Row(height - 1 - y).CopyTo(flipped.Row(y));
        return new(flipped, [.. picture.Boxes.Select(label => label with
        {
            Box = new Box(label.Box.X0, height - label.Box.Y1, label.Box.X1, height - label.Box.Y0),
        })])
        {
            Labels = picture.Labels?.Placed(width, height, (x, y) => (x, height - 1 - y)),
        };
    }
}
