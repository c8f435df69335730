using MLNet.Detection.Boxes;

namespace MLNet.Detection.Anchors;

/// <summary>
/// Anchors of RetinaNet and of region proposal networks: every cell has one box a ratio and size, ratio by ratio. A box
/// has width size / sqrt(ratio) and height size * sqrt(ratio). As torchvision's AnchorGenerator by default: corners
/// rounded to whole pixels (half to even), centred on the cell's corner, stride = image / map in whole pixels, or
/// <see cref="Strides"/>.
/// Lin et al. 2017, section 4, https://arxiv.org/abs/1708.02002
/// </summary>
/// <param name="Sizes">Per level the side of the square box, in pixels.</param>
/// <param name="AspectRatios">Per level the ratios height / width.</param>
public sealed record RetinaNetAnchors(
    IReadOnlyList<IReadOnlyList<float>> Sizes, IReadOnlyList<IReadOnlyList<float>> AspectRatios) : AnchorScheme
{
    /// <summary>torchvision's RetinaNet: five levels of three sizes and three ratios.</summary>
    public static RetinaNetAnchors Default { get; } = WithRatios(
        [.. new[] { 32, 64, 128, 256, 512 }.Select(s =>
            new float[] { s, (int)(s * Math.Pow(2, 1 / 3.0)), (int)(s * Math.Pow(2, 2 / 3.0)) })],
        [0.5f, 1f, 2f]);

    /// <summary>torchvision's Faster R-CNN with a feature pyramid: five levels of one size and three ratios.</summary>
    public static RetinaNetAnchors FasterRcnn { get; } =
        WithRatios([[32f], [64f], [128f], [256f], [512f]], [0.5f, 1f, 2f]);

    /// <summary>torchvision's FCOS: one square a cell, whose centre is the point and whose side is the
    /// stride.</summary>
    public static RetinaNetAnchors Fcos { get; } = WithRatios([[8f], [16f], [32f], [64f], [128f]], [1f]);

    /// <summary>Whether corners are rounded to whole pixels before they are moved to their cell.</summary>
    public bool Round { get; init; } = true;

    /// <summary>Where in a cell its anchors are centred, as a part of the stride: 0 is torchvision's, 0.5 the
    /// middle.</summary>
    public float CenterOffset { get; init; }

    /// <summary>
    /// Per level the pixels from cell to cell, both ways; null: the whole part of image / map, as torchvision has it.
    /// Detectors whose maps are padded, as Keras' of 200 x 333 pixels, have 8, 16, 32, ... whatever the sizes of their
    /// maps are.
    /// </summary>
    public IReadOnlyList<float>? Strides { get; init; }

    /// <inheritdoc/>
    public override int Levels => Sizes.Count;

    /// <summary>The same ratios on every level.</summary>
    public static RetinaNetAnchors WithRatios(IReadOnlyList<IReadOnlyList<float>> sizes, IReadOnlyList<float> ratios) =>
        new(sizes, [.. sizes.Select(_ => ratios)]);

    /// <inheritdoc/>
    public override int AnchorsPerCell(int level) => Sizes[level].Count * AspectRatios[level].Count;

    /// <summary>The boxes of one cell of the level, centred on (0, 0).</summary>
    public Box[] CellAnchors(int level)
    {
        if (AspectRatios.Count != Levels)
            throw new ArgumentException(
                $"Sizes are for {Levels} levels, aspect ratios for {AspectRatios.Count}; give one list a level.");
        return [.. AspectRatios[level].SelectMany(ratio => Sizes[level].Select(size => CellAnchor(size, ratio)))];
    }

    private Box CellAnchor(float size, float ratio)
    {
        var h = MathF.Sqrt(ratio);
        var (halfWidth, halfHeight) = (1f / h * size / 2f, h * size / 2f);
        if (Round)
            (halfWidth, halfHeight) = (MathF.Round(halfWidth), MathF.Round(halfHeight));
        return new(-halfWidth, -halfHeight, halfWidth, halfHeight);
    }

    private protected override void AddLevel(
        List<Box> anchors, int level, GridSize map, int imageWidth, int imageHeight)
    {
        var cell = CellAnchors(level);
        if (Strides is not null && (Strides.Count != Levels || Strides.Any(stride => stride is not (> 0 and < 1e6f))))
            throw new ArgumentException($"Sizes are for {Levels} levels, strides are {string.Join(", ", Strides)}; "
                + "give one positive number a level.");
        var (strideX, strideY) = Strides is { } strides ? (strides[level], strides[level])
            : ((float)(imageWidth / map.Width), (float)(imageHeight / map.Height));
        for (var row = 0; row < map.Height; row++)
            for (var column = 0; column < map.Width; column++)
                foreach (var box in cell)
                    anchors.Add(box.Offset((column + CenterOffset) * strideX, (row + CenterOffset) * strideY));
    }
}
