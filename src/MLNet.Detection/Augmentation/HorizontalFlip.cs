using System.Runtime.Intrinsics;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>Swaps left and right.</summary>
/// <param name="Probability">How often, 0 to 1. One number is drawn for each picture, also at 0 and 1.</param>
public sealed record HorizontalFlip(double Probability = 0.5) : IAugmentation
{
    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random) =>
        random.NextDouble() < Probability ? Flip(picture) : picture;

    /// <summary>The mirrored picture with its labels.</summary>
    public static LabeledPicture Flip(LabeledPicture picture) => new(
        Flip(picture.Image),
        [.. picture.Boxes.Select(label => label with { Box = Flip(label.Box, picture.Image.Width) })])
    {
        Labels = picture.Labels?.Placed(picture.Image.Width, picture.Image.Height, (x, y) => (picture.Image.Width - 1 - x, y)),
    };

    /// <summary>The mirrored box: x0' = width - x1, x1' = width - x0.</summary>
    public static Box Flip(Box box, float width) => new(width - box.X1, box.Y0, width - box.X0, box.Y1);

    /// <summary>The mirrored pixels.</summary>
    public static RgbImage Flip(RgbImage image)
    {
        var flipped = new RgbImage(
            image.Width, image.Height, GC.AllocateUninitializedArray<byte>(image.Pixels.Length));
        for (var y = 0; y < image.Height; y++)
            Flip(image.Row(y), flipped.Row(y));
        return flipped;
    }

    private static void Flip(ReadOnlySpan<byte> from, Span<byte> to)
    {
        // Five pixels at a time, from the last ones of the target on; the byte before them is overwritten by the next.
        var (size, next) = (Vector128<byte>.Count, 0);
        for (; next + size < from.Length; next += size - 1)
            Vector128.Shuffle(Vector128.Create(from.Slice(next, size)),
                    Vector128.Create((byte)15, 12, 13, 14, 9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2))
                .CopyTo(to[(from.Length - next - size)..]);
        for (var j = from.Length - next - 3; j >= 0; next += 3, j -= 3)
            (to[j], to[j + 1], to[j + 2]) = (from[next], from[next + 1], from[next + 2]);
    }
}
