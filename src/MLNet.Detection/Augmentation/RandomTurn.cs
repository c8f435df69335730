using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>Turns by 0, 90, 180 or 270 degrees, each with equal chance. Sides of a picture that is not square are
/// exchanged.</summary>
public sealed record RandomTurn : IAugmentation
{
    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random) => Turn(picture, random.Next(4));

    /// <summary>The picture turned against the clock by so many quarters, with its labels.</summary>
    public static LabeledPicture Turn(LabeledPicture picture, int quarters)
    {
        for (var left = ((quarters % 4) + 4) % 4; left > 0; left--)
            picture = Quarter(picture);
        return picture;
    }

    // (x, y) goes to (y, width - 1 - x): the right edge becomes the top.
    private static LabeledPicture Quarter(LabeledPicture picture)
    {
        var (image, width, height) = (picture.Image, picture.Image.Width, picture.Image.Height);
        var turned = new RgbImage(height, width, new byte[image.Pixels.Length]);
        for (var y = 0; y < width; y++)
            for (var x = 0; x < height; x++)
                image.Row(x).Slice(3 * (width - 1 - y), 3).CopyTo(turned.Row(y)[(3 * x)..]);
        return new(turned, [.. picture.Boxes.Select(label => label with
        {
            Box = new Box(label.Box.Y0, width - label.Box.X1, label.Box.Y1, width - label.Box.X0),
        })])
        {
            Labels = picture.Labels?.Placed(height, width, (x, y) => (width - 1 - y, x)),
        };
    }
}
