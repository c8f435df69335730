using System.Numerics;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Anchors;

/// <summary>
/// Anchors of given widths and heights in the middle of every cell, as YOLO has them since its second version.
/// Redmon and Farhadi 2018, https://arxiv.org/abs/1804.02767
/// </summary>
/// <param name="Sizes">Per level the widths (X) and heights (Y) in pixels of the network's input, finest level
/// first.</param>
public sealed record YoloAnchors(IReadOnlyList<IReadOnlyList<Vector2>> Sizes) : AnchorScheme
{
    /// <summary>The nine anchors of YOLOv3, fitted to COCO at 416 x 416, on strides 8, 16 and 32.</summary>
    public static YoloAnchors Version3 { get; } = new([
        [new(10, 13), new(16, 30), new(33, 23)],
        [new(30, 61), new(62, 45), new(59, 119)],
        [new(116, 90), new(156, 198), new(373, 326)]]);

    /// <inheritdoc/>
    public override int Levels => Sizes.Count;

    /// <inheritdoc/>
    public override int AnchorsPerCell(int level) => Sizes[level].Count;

    /// <summary>Anchors fitted to the boxes of a data set: the clusters of their sizes at the network's size, the small
    /// ones on the fine levels. See <see cref="SizeClusters"/>.</summary>
    /// <param name="data">The training set. Crowds and boxes without area do not count.</param>
    /// <param name="resize">How pictures come to the network's size.</param>
    /// <param name="levels">Number of feature maps.</param>
    /// <param name="anchorsPerCell">Anchors of each.</param>
    /// <param name="seed">The same seed gives the same anchors.</param>
    /// <exception cref="ArgumentException">The data set has fewer boxes than anchors are wanted.</exception>
    public static YoloAnchors Fit(
        DetectionDataset data, ImageResize resize, int levels = 3, int anchorsPerCell = 3, int seed = 0)
    {
        var sizes = data.Images.SelectMany(image => image.Boxes
            .Where(label => !label.Crowd && label.Box.IsProper)
            .Select(label => resize.TransformFor(image.Width, image.Height).ToNetwork(label.Box))
            .Select(box => new Vector2(box.Width, box.Height)));
        return new([.. SizeClusters.Fit([.. sizes], levels * anchorsPerCell, seed).Sizes.Chunk(anchorsPerCell)]);
    }

    private protected override void AddLevel(
        List<Box> anchors, int level, GridSize map, int imageWidth, int imageHeight)
    {
        var (strideX, strideY) = ((float)imageWidth / map.Width, (float)imageHeight / map.Height);
        for (var row = 0; row < map.Height; row++)
            for (var column = 0; column < map.Width; column++)
                foreach (var size in Sizes[level])
                    anchors.Add(Box.FromCxcywh(
                        (column + 0.5f) * strideX, (row + 0.5f) * strideY, size.X, size.Y));
    }
}
