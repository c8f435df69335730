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

    /// <summary>The five anchors of YOLOv2, fitted to COCO, in pixels on stride 32; Azure's Custom Vision exports with
    /// them.</summary>
    public static YoloAnchors Version2 { get; } = OfCells(32,
        [(0.57273f, 0.677385f), (1.87446f, 2.06253f), (3.33843f, 5.47434f), (7.88282f, 3.52778f), (9.77052f, 9.16828f)]);

    /// <summary>The five anchors of Tiny YOLOv2, fitted to Pascal VOC.</summary>
    public static YoloAnchors Version2Voc { get; } = OfCells(32,
        [(1.08f, 1.19f), (3.42f, 4.41f), (6.63f, 11.38f), (9.42f, 5.11f), (16.62f, 10.52f)]);

    /// <summary>The nine anchors of YOLOv5-face, fitted to WIDER FACE at 640 x 640.</summary>
    public static YoloAnchors Version5Face { get; } = new([
        [new(4, 5), new(8, 10), new(13, 16)],
        [new(23, 29), new(43, 55), new(73, 105)],
        [new(146, 217), new(231, 300), new(335, 433)]]);

    private static YoloAnchors OfCells(float stride, (float Width, float Height)[] sizes) =>
        new([[.. sizes.Select(size => new Vector2(size.Width, size.Height) * stride)]]);

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
