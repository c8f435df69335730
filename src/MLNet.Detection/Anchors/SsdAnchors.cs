using MLNet.Detection.Boxes;

namespace MLNet.Detection.Anchors;

/// <summary>
/// SSD's default boxes: per cell a square of scale s_k, a square of scale sqrt(s_k s_k+1), and per ratio r the boxes
/// s_k sqrt(r) by s_k / sqrt(r) and the other way round. Scales are parts of the picture's side.
/// Liu et al. 2016, section 2.2, https://arxiv.org/abs/1512.02325; torchvision's DefaultBoxGenerator gives the same
/// boxes.
/// </summary>
/// <param name="AspectRatios">Per level the ratios beside 1.</param>
/// <param name="Scales">One scale more than there are levels, because each level also looks at the next one's.</param>
/// <param name="Steps">Per level the distance of two cells in pixels; null: the picture's side by the number of
/// cells.</param>
public sealed record SsdAnchors(
    IReadOnlyList<IReadOnlyList<float>> AspectRatios, IReadOnlyList<double> Scales, IReadOnlyList<int>? Steps = null)
    : AnchorScheme
{
    /// <summary>torchvision's ssdlite320: six levels with ratios 2 and 3, scales from 0.2 to 0.95.</summary>
    public static SsdAnchors SsdLite320 { get; } =
        FromScaleRange([.. Enumerable.Repeat<IReadOnlyList<float>>([2f, 3f], 6)], 0.2, 0.95);

    /// <summary>torchvision's SSD300 on VGG16: six levels, scales of the paper.</summary>
    public static SsdAnchors Ssd300 { get; } = new(
        [[2f], [2f, 3f], [2f, 3f], [2f, 3f], [2f], [2f]], [0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
        [8, 16, 32, 64, 100, 300]);

    /// <summary>Whether width and height are limited to those of the picture. The corners may still lie
    /// outside.</summary>
    public bool Clip { get; init; } = true;

    /// <summary>Whether centres are limited to the picture as well, as SSD.pytorch does; torchvision does
    /// not.</summary>
    public bool ClipCenters { get; init; }

    /// <inheritdoc/>
    public override int Levels => AspectRatios.Count;

    /// <summary>Scales evenly spaced from <paramref name="minRatio"/> to <paramref name="maxRatio"/>, then 1.</summary>
    /// <param name="aspectRatios">Per level the ratios beside 1.</param>
    /// <param name="minRatio">Scale of the first level.</param>
    /// <param name="maxRatio">Scale of the last level.</param>
    /// <param name="steps">Per level the distance of two cells in pixels, or null.</param>
    public static SsdAnchors FromScaleRange(
        IReadOnlyList<IReadOnlyList<float>> aspectRatios, double minRatio, double maxRatio,
        IReadOnlyList<int>? steps = null)
    {
        var levels = aspectRatios.Count;
        double[] scales = levels > 1
            ? [.. Enumerable.Range(0, levels).Select(k => minRatio + (maxRatio - minRatio) * k / (levels - 1)), 1.0]
            : [minRatio, maxRatio];
        return new(aspectRatios, scales, steps);
    }

    /// <inheritdoc/>
    public override int AnchorsPerCell(int level) => 2 + 2 * AspectRatios[level].Count;

    private protected override void AddLevel(
        List<Box> anchors, int level, GridSize map, int imageWidth, int imageHeight)
    {
        RequireOneALevel();
        var sizes = Sizes(level);
        var cellsX = Steps is null ? map.Width : (double)imageWidth / Steps[level];
        var cellsY = Steps is null ? map.Height : (double)imageHeight / Steps[level];
        for (var row = 0; row < map.Height; row++)
            for (var column = 0; column < map.Width; column++)
            {
                var (cx, cy) = ((float)((column + 0.5) / cellsX), (float)((row + 0.5) / cellsY));
                if (ClipCenters)
                    (cx, cy) = (Math.Clamp(cx, 0f, 1f), Math.Clamp(cy, 0f, 1f));
                foreach (var (width, height) in sizes)
                    anchors.Add(Box.FromCxcywh(cx, cy, width, height).Scale(imageWidth, imageHeight));
            }
    }

    private List<(float Width, float Height)> Sizes(int level)
    {
        var scale = Scales[level];
        var between = Math.Sqrt(scale * Scales[level + 1]);
        List<(double, double)> sizes = [(scale, scale), (between, between)];
        foreach (var ratio in AspectRatios[level])
        {
            var (large, small) = (scale * Math.Sqrt(ratio), scale / Math.Sqrt(ratio));
            sizes.AddRange([(large, small), (small, large)]);
        }
        return sizes.ConvertAll(s => (Limit((float)s.Item1), Limit((float)s.Item2)));
    }

    private float Limit(float side) => Clip ? Math.Clamp(side, 0f, 1f) : side;

    private void RequireOneALevel()
    {
        if (Scales.Count != Levels + 1 || (Steps is not null && Steps.Count != Levels))
            throw new ArgumentException(
                $"{Levels} levels need {Levels + 1} scales and {Levels} steps (or null); found {Scales.Count} scales "
                + $"and {Steps?.Count.ToString() ?? "no"} steps.");
    }
}
