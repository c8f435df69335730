using MLNet.Detection.Boxes;

namespace MLNet.Detection.Anchors;

/// <summary>
/// Square priors of given sizes in the middle of every cell, where a cell is the picture's side by the number of cells
/// (so that maps which do not divide the picture stretch). Centres and sizes are limited to the picture. These are the
/// priors of Ultra-Light-Fast-Generic-Face-Detector-1MB.
/// </summary>
/// <param name="Sizes">Per level the sides in pixels.</param>
public sealed record UltraFaceAnchors(IReadOnlyList<IReadOnlyList<float>> Sizes) : AnchorScheme
{
    /// <summary>Sizes 10, 16, 24 / 32, 48 / 64, 96 / 128, 192, 256 on maps of stride 8, 16, 32, 64.</summary>
    public static UltraFaceAnchors Default { get; } = new([[10, 16, 24], [32, 48], [64, 96], [128, 192, 256]]);

    /// <inheritdoc/>
    public override int Levels => Sizes.Count;

    /// <inheritdoc/>
    public override int AnchorsPerCell(int level) => Sizes[level].Count;

    /// <summary>The anchors on maps of stride 8, 16, 32, ... as the detector's backbone makes them.</summary>
    public Box[] Generate(int imageWidth, int imageHeight)
    {
        var maps = Enumerable.Range(0, Levels).Select(k => GridSize.FromStride(imageWidth, imageHeight, 8 << k));
        return Generate(imageWidth, imageHeight, [.. maps]);
    }

    private protected override void AddLevel(
        List<Box> anchors, int level, GridSize map, int imageWidth, int imageHeight)
    {
        for (var row = 0; row < map.Height; row++)
            for (var column = 0; column < map.Width; column++)
                foreach (var size in Sizes[level])
                {
                    var (cx, cy) = ((column + 0.5) / map.Width, (row + 0.5) / map.Height);
                    anchors.Add(Box.FromCxcywh(
                        (float)(cx * imageWidth), (float)(cy * imageHeight),
                        MathF.Min(size, imageWidth), MathF.Min(size, imageHeight)));
                }
    }
}
