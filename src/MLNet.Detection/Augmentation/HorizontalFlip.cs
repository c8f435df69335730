using MLNet.Detection.Boxes;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>Swaps left and right.</summary>
/// <param name="Probability">How often, 0 to 1. One number is drawn for each picture, also at 0 and 1.</param>
public sealed record HorizontalFlip(double Probability = 0.5) : IAugmentation
{
    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random) =>
        random.NextDouble() < Probability ? Flip(picture) : picture;

    /// <summary>The mirrored picture with its boxes.</summary>
    public static LabeledPicture Flip(LabeledPicture picture) => new(
        Flip(picture.Image),
        [.. picture.Boxes.Select(label => label with { Box = Flip(label.Box, picture.Image.Width) })]);

    /// <summary>The mirrored box: x0' = width - x1, x1' = width - x0.</summary>
    public static Box Flip(Box box, float width) => new(width - box.X1, box.Y0, width - box.X0, box.Y1);

    /// <summary>The mirrored pixels.</summary>
    public static RgbImage Flip(RgbImage image)
    {
        var flipped = new byte[image.Pixels.Length];
        for (var y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<byte> from = image.Row(y);
            var to = flipped.AsSpan(3 * image.Width * y, 3 * image.Width);
            for (int i = 0, j = to.Length - 3; j >= 0; i += 3, j -= 3)
                (to[j], to[j + 1], to[j + 2]) = (from[i], from[i + 1], from[i + 2]);
        }
        return new(image.Width, image.Height, flipped);
    }
}
