using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Covers squares at random places with grey. Boxes stay whole, as those of hidden objects do; where too little of an
/// object is left to be seen, its box is dropped; covered pixels of a mask do not count. DeVries and Taylor 2017,
/// https://arxiv.org/abs/1708.04552
/// </summary>
/// <param name="Holes">How many squares.</param>
/// <param name="MinPart">The least side of a square, in parts of the picture's shorter side.</param>
/// <param name="MaxPart">The greatest side.</param>
/// <param name="Probability">How often, 0 to 1.</param>
public sealed record Cutout(int Holes = 4, double MinPart = 0.05, double MaxPart = 0.2, double Probability = 0.5)
    : IAugmentation
{
    /// <summary>The greatest side, in parts of the picture's shorter side.</summary>
    public double MaxPart { get; } = MinPart >= 0 && MinPart <= MaxPart && MaxPart <= 1 ? MaxPart
        : throw new ArgumentOutOfRangeException(nameof(MaxPart), MaxPart, $"Expected {MinPart} to 1.");

    /// <summary>The grey of the squares.</summary>
    public byte Fill { get; init; } = 114;

    /// <summary>The least part of a box that must be uncovered for it to stay.</summary>
    public double MinVisible { get; init; } = 0.3;

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random)
    {
        if (random.NextDouble() >= Probability)
            return picture;
        var image = new RgbImage(picture.Image.Width, picture.Image.Height, [.. picture.Image.Pixels]);
        var covered = new bool[image.Width * image.Height];
        for (var hole = 0; hole < Holes; hole++)
        {
            var side = (MinPart + (MaxPart - MinPart) * random.NextDouble()) * Math.Min(image.Width, image.Height);
            var (x, y) = (random.NextDouble() * image.Width - side / 2, random.NextDouble() * image.Height - side / 2);
            Cover(image, covered, new((float)x, (float)y, (float)(x + side), (float)(y + side)));
        }
        return new(image, [.. picture.Boxes.Where(label => Cover(covered, image.Width, label.Box) <= 1 - MinVisible)])
        {
            Labels = picture.Labels?.Placed(
                image.Width, image.Height, (x, y) => covered[y * image.Width + x] ? (-1, -1) : (x, y)),
        };
    }

    /// <summary>The part of a box's pixels that is covered.</summary>
    internal static double Cover(bool[] covered, int width, Box box)
    {
        var (inside, hidden) = (0, 0);
        var height = covered.Length / width;
        for (var y = (int)Math.Max(0, box.Y0); y < Math.Min(height, Math.Ceiling(box.Y1)); y++)
            for (var x = (int)Math.Max(0, box.X0); x < Math.Min(width, Math.Ceiling(box.X1)); x++, inside++)
                hidden += covered[y * width + x] ? 1 : 0;
        return inside == 0 ? 0 : (double)hidden / inside;
    }

    private void Cover(RgbImage image, bool[] covered, Box hole)
    {
        var inside = hole.Clip(image.Width, image.Height);
        for (var y = (int)Math.Round(inside.Y0); y < (int)Math.Round(inside.Y1); y++)
        {
            var (left, right) = ((int)Math.Round(inside.X0), (int)Math.Round(inside.X1));
            image.Row(y)[(3 * left)..(3 * right)].Fill(Fill);
            covered.AsSpan(y * image.Width + left, right - left).Fill(true);
        }
    }
}
