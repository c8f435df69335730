using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Training;

/// <summary>A picture of the validation set with what the detector found in it after an epoch.</summary>
/// <param name="Image">The picture in the network's size.</param>
/// <param name="Objects">What was found, boxes in pixels of <paramref name="Image"/>.</param>
public sealed record FoundPicture(RgbImage Image, IReadOnlyList<DetectedObject> Objects)
{
    private static readonly byte[][] Colors =
        [[230, 60, 60], [60, 200, 90], [70, 110, 250], [240, 190, 40], [190, 70, 220], [40, 200, 210]];

    /// <summary>The picture with frames around the objects of a score or more, coloured by class.</summary>
    public RgbImage Drawn(float threshold = 0.3f)
    {
        var drawn = new RgbImage(Image.Width, Image.Height, [.. Image.Pixels]);
        foreach (var found in Objects.Where(o => o.Score >= threshold).OrderBy(o => o.Score))
            Frame(drawn, found.Box.Clip(Image.Width - 1, Image.Height - 1), Colors[found.Class % Colors.Length]);
        return drawn;
    }

    private static void Frame(RgbImage image, Box box, byte[] color)
    {
        int left = (int)box.X0, top = (int)box.Y0, right = (int)box.X1, bottom = (int)box.Y1;
        for (var y = top; y <= bottom; y++)
        {
            var row = image.Row(y);
            for (var x = left; x <= right; x += y == top || y == bottom ? 1 : Math.Max(1, right - left))
                color.CopyTo(row[(3 * x)..]);
        }
    }
}
