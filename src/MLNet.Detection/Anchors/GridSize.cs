namespace MLNet.Detection.Anchors;

/// <summary>Size of a feature map in cells.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct GridSize(int Width, int Height)
{
    /// <summary>The map that a network of this stride makes of a picture when its convolutions pad: ceil(size /
    /// stride).</summary>
    public static GridSize FromStride(int imageWidth, int imageHeight, int stride) =>
        new((imageWidth + stride - 1) / stride, (imageHeight + stride - 1) / stride);
}
