using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Bends a picture with its mask: displacements are drawn from a normal distribution on a coarse grid and interpolated
/// smoothly; beside the picture it goes on as its reflection. Ronneberger et al. 2015, section 3.1,
/// https://arxiv.org/abs/1505.04597
/// </summary>
/// <param name="Probability">How often, 0 to 1.</param>
/// <param name="Deviation">Standard deviation of a displacement, pixels.</param>
/// <param name="Cells">Cells of the grid along each axis.</param>
public sealed record ElasticDeformation(double Probability = 0.5, double Deviation = 8, int Cells = 3) : IAugmentation
{
    /// <summary>Cells of the grid along each axis.</summary>
    public int Cells { get; } = Cells > 0 ? Cells
        : throw new ArgumentOutOfRangeException(nameof(Cells), Cells, "Expected at least 1.");

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The picture has boxes, whose bent form no box holds.</exception>
    public LabeledPicture Apply(LabeledPicture picture, Random random)
    {
        if (random.NextDouble() >= Probability)
            return picture;
        if (picture.Boxes.Count > 0)
            throw new InvalidOperationException("ElasticDeformation bends what a picture shows, and boxes cannot follow; "
                + "use it for pictures with masks alone.");
        var (across, down) = (Grid(random), Grid(random));
        var (width, height) = (picture.Image.Width, picture.Image.Height);
        var sources = new (double X, double Y)[width * height];
        for (var i = 0; i < sources.Length; i++)
        {
            var (x, y) = (i % width, i / width);
            sources[i] = (x + At(across, x, y, width, height), y + At(down, x, y, width, height));
        }
        return new(Bent(picture.Image, sources), [])
        {
            Labels = picture.Labels?.Placed(width, height, (x, y) => (Reflected((int)Math.Round(sources[y * width + x].X), width),
                Reflected((int)Math.Round(sources[y * width + x].Y), height))),
        };
    }

    private double[,] Grid(Random random)
    {
        var grid = new double[Cells + 1, Cells + 1];
        for (var y = 0; y <= Cells; y++)
            for (var x = 0; x <= Cells; x++)
                // Box and Muller 1958.
                grid[y, x] = Deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
        return grid;
    }

    private double At(double[,] grid, int x, int y, int width, int height)
    {
        double u = (double)x / Math.Max(1, width - 1) * Cells, v = (double)y / Math.Max(1, height - 1) * Cells;
        int i = Math.Min((int)u, Cells - 1), j = Math.Min((int)v, Cells - 1);
        double a = Smooth(u - i), b = Smooth(v - j);
        return (1 - b) * ((1 - a) * grid[j, i] + a * grid[j, i + 1]) + b * ((1 - a) * grid[j + 1, i] + a * grid[j + 1, i + 1]);
    }

    // From 0 to 1 without a slope at either end, so that cells join without a bend.
    private static double Smooth(double t) => t * t * (3 - 2 * t);

    private static RgbImage Bent(RgbImage image, (double X, double Y)[] sources)
    {
        var bent = new RgbImage(image.Width, image.Height, new byte[image.Pixels.Length]);
        for (var i = 0; i < sources.Length; i++)
        {
            var (left, top) = ((int)Math.Floor(sources[i].X), (int)Math.Floor(sources[i].Y));
            var (a, b) = (sources[i].X - left, sources[i].Y - top);
            for (var c = 0; c < 3; c++)
                bent.Pixels[3 * i + c] = (byte)(0.5
                    + (1 - b) * ((1 - a) * Pixel(image, left, top, c) + a * Pixel(image, left + 1, top, c))
                    + b * ((1 - a) * Pixel(image, left, top + 1, c) + a * Pixel(image, left + 1, top + 1, c)));
        }
        return bent;
    }

    private static byte Pixel(RgbImage image, int x, int y, int color) => image.Pixels[
        3 * (Reflected(y, image.Height) * image.Width + Reflected(x, image.Width)) + color];

    private static int Reflected(int at, int size)
    {
        var period = Math.Max(1, 2 * (size - 1));
        at = (at % period + period) % period;
        return at < size ? at : period - at;
    }
}
