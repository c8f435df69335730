using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Lays two pictures over each other, l x + (1 - l) y with l from Beta(a, a), in the size that holds both; where only
/// one of them is, the other counts as the grey of a letterbox. The boxes of both stay. Zhang et al. 2019, section 3.1,
/// https://arxiv.org/abs/1902.04103
/// </summary>
/// <param name="Alpha">a, at least 1; 1.5 in the paper. The larger, the nearer is l to one half.</param>
/// <param name="Probability">How often, 0 to 1.</param>
public sealed record MixUp(double Alpha = 1.5, double Probability = 1) : IPictureMix
{
    private const byte Grey = 114;

    /// <summary>a, at least 1.</summary>
    public double Alpha { get; } = Alpha >= 1 ? Alpha
        : throw new ArgumentOutOfRangeException(nameof(Alpha), Alpha, "Expected at least 1.");

    /// <inheritdoc/>
    public int Others => 1;

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, IReadOnlyList<LabeledPicture> others, Random random)
    {
        if (random.NextDouble() >= Probability)
            return picture;
        if (picture.Labels is not null)
            throw new InvalidOperationException("MixUp lays two pictures over each other, and a pixel of a mask has one "
                + "class; mix pictures with masks by Mosaic.");
        var (first, second) = (picture.Image, others[0].Image);
        int width = Math.Max(first.Width, second.Width), height = Math.Max(first.Height, second.Height);
        var mixed = Blend(Laid(first, width, height), Laid(second, width, height), (float)Share(random));
        return new(mixed, [.. picture.Boxes, .. others[0].Boxes]);
    }

    /// <summary>l x + (1 - l) y, rounded, of two pictures of one size.</summary>
    public static RgbImage Blend(RgbImage x, RgbImage y, float l)
    {
        var mixed = new RgbImage(x.Width, x.Height, new byte[x.Pixels.Length]);
        for (var i = 0; i < mixed.Pixels.Length; i++)
            mixed.Pixels[i] = (byte)(l * x.Pixels[i] + (1 - l) * y.Pixels[i] + 0.5f);
        return mixed;
    }

    private static RgbImage Laid(RgbImage image, int width, int height)
    {
        if (image.Width == width && image.Height == height)
            return image;
        var canvas = RgbImage.Filled(width, height, Grey, Grey, Grey);
        canvas.Draw(image, 0, 0);
        return canvas;
    }

    // Two gammas make a beta: g1 / (g1 + g2).
    private double Share(Random random)
    {
        var (first, second) = (Gamma(random), Gamma(random));
        return first / (first + second);
    }

    // Marsaglia and Tsang 2000, for a >= 1.
    private double Gamma(Random random)
    {
        var d = Alpha - 1 / 3.0;
        while (true)
        {
            // A normal number by Box and Muller 1958.
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
            var v = Math.Pow(1 + normal / Math.Sqrt(9 * d), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < normal * normal / 2 + d - d * v + d * Math.Log(v))
                return d * v;
        }
    }
}
