using System.Numerics;

namespace MLNet.Detection.Anchors;

/// <summary>
/// The points of detectors without anchors: one in every cell of every level, in the order level, row, column.
/// </summary>
/// <param name="Strides">Per level the distance of two points in pixels, finest level first.</param>
/// <param name="CenterOffset">Where in its cell a point lies, in strides: 0.5 in FCOS's paper, YOLOX's matching and
/// YOLOv8; 0 in torchvision's FCOS and where YOLOX decodes (x + column) * stride.</param>
public sealed record GridPoints(IReadOnlyList<int> Strides, float CenterOffset = 0.5f)
{
    /// <summary>Strides 8, 16 and 32, as YOLOX and YOLOv8 have them.</summary>
    public static GridPoints Yolo { get; } = new([8, 16, 32]);

    /// <summary>Strides 8 to 128, as FCOS has them.</summary>
    public static GridPoints Fcos { get; } = new([8, 16, 32, 64, 128]);

    /// <summary>The maps that convolutions with padding make of a picture: ceil(size / stride).</summary>
    public IReadOnlyList<GridSize> Maps(int imageWidth, int imageHeight) =>
        [.. Strides.Select(stride => GridSize.FromStride(imageWidth, imageHeight, stride))];

    /// <summary>All points in pixels of the network's input.</summary>
    /// <param name="imageWidth">Width of the network's input.</param>
    /// <param name="imageHeight">Height of the network's input.</param>
    /// <returns>The points, and of each the stride of its level.</returns>
    /// <exception cref="ArgumentException">A stride or a side of the picture is not positive.</exception>
    public (Vector2[] Points, float[] Strides) Generate(int imageWidth, int imageHeight)
    {
        if (imageWidth <= 0 || imageHeight <= 0 || Strides.Any(stride => stride <= 0))
            throw new ArgumentException(
                $"The image is {imageWidth} x {imageHeight}, the strides are {string.Join(", ", Strides)}; "
                + "all must be positive.");
        var (points, strides) = (new List<Vector2>(), new List<float>());
        foreach (var (stride, map) in Strides.Zip(Maps(imageWidth, imageHeight)))
            for (var row = 0; row < map.Height; row++)
                for (var column = 0; column < map.Width; column++)
                {
                    points.Add(new Vector2(column + CenterOffset, row + CenterOffset) * stride);
                    strides.Add(stride);
                }
        return ([.. points], [.. strides]);
    }
}
