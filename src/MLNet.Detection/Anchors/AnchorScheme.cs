using MLNet.Detection.Boxes;

namespace MLNet.Detection.Anchors;

/// <summary>
/// A rule that lays anchors over the feature maps of a detector. The order is the one in which detectors concatenate
/// their heads: level, row, column, anchor of the cell.
/// </summary>
public abstract record AnchorScheme
{
    /// <summary>All anchors in pixels of the network's input.</summary>
    /// <param name="imageWidth">Width of the network's input.</param>
    /// <param name="imageHeight">Height of the network's input.</param>
    /// <param name="featureMaps">The feature maps, finest level first, as many as the scheme has levels.</param>
    /// <exception cref="ArgumentException">The number of feature maps is not <see cref="Levels"/>, or a size is not
    /// positive.</exception>
    public Box[] Generate(int imageWidth, int imageHeight, params ReadOnlySpan<GridSize> featureMaps)
    {
        if (featureMaps.Length != Levels)
            throw new ArgumentException(
                $"{GetType().Name} has {Levels} levels, but {featureMaps.Length} feature maps were given.");
        if (imageWidth <= 0 || imageHeight <= 0)
            throw new ArgumentException($"The image is {imageWidth} x {imageHeight}; both sides must be positive.");
        var anchors = new List<Box>();
        for (var level = 0; level < featureMaps.Length; level++)
        {
            var map = featureMaps[level];
            if (map.Width <= 0 || map.Height <= 0)
                throw new ArgumentException(
                    $"Feature map {level} is {map.Width} x {map.Height}; both must be positive.");
            AddLevel(anchors, level, map, imageWidth, imageHeight);
        }
        return [.. anchors];
    }

    /// <summary>Number of feature maps.</summary>
    public abstract int Levels { get; }

    /// <summary>Number of anchors that a cell of the level has.</summary>
    public abstract int AnchorsPerCell(int level);

    private protected abstract void AddLevel(
        List<Box> anchors, int level, GridSize map, int imageWidth, int imageHeight);
}
