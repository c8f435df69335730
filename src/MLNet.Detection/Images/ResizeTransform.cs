using MLNet.Detection.Boxes;

namespace MLNet.Detection.Images;

/// <summary>Where a resize put each point: network = original * scale + offset, by axis.</summary>
/// <param name="ScaleX">Network pixels per original pixel, horizontally.</param>
/// <param name="ScaleY">Network pixels per original pixel, vertically.</param>
/// <param name="OffsetX">Network pixels left of the picture.</param>
/// <param name="OffsetY">Network pixels above the picture.</param>
public readonly record struct ResizeTransform(float ScaleX, float ScaleY, float OffsetX = 0, float OffsetY = 0)
{
    /// <summary>Leaves everything where it is.</summary>
    public static ResizeTransform Identity => new(1, 1);

    /// <summary>A box of the original picture, in pixels of the network's input.</summary>
    public Box ToNetwork(Box original) => new(
        original.X0 * ScaleX + OffsetX, original.Y0 * ScaleY + OffsetY,
        original.X1 * ScaleX + OffsetX, original.Y1 * ScaleY + OffsetY);

    /// <summary>
    /// A box of the network's input, in pixels of the original picture; may leave it, clip where that matters.
    /// </summary>
    public Box ToOriginal(Box network) => new(
        (network.X0 - OffsetX) / ScaleX, (network.Y0 - OffsetY) / ScaleY,
        (network.X1 - OffsetX) / ScaleX, (network.Y1 - OffsetY) / ScaleY);
}
