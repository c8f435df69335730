using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Segmentation;

/// <summary>
/// Tells the class of each pixel of pictures, several at a time: resize or cut into windows, normalise, run, and bring the
/// probabilities back to the pixels of the picture. One call at a time.
/// </summary>
public sealed class Segmenter : IDisposable
{
    private readonly NetworkSession _session;
    private readonly int _mapWidth, _mapHeight;

    /// <summary>Prepares a network for batches of a size.</summary>
    /// <exception cref="ModelException">The classes do not fit the model's map.</exception>
    public Segmenter(SegmenterModel model, int batchSize = 8, Device? device = null)
    {
        (Model, _session) = (model, new(model, batchSize, device, values => [model.Probabilities(model.Map(values[0]))]));
        (_mapHeight, _mapWidth) = ((int)_session.Shapes[0][2], (int)_session.Shapes[0][3]);
    }

    /// <summary>What is run.</summary>
    public SegmenterModel Model { get; }

    /// <summary>Pictures, or windows of them, of one run.</summary>
    public int BatchSize => _session.BatchSize;

    /// <summary>What the network says of any number of pictures, batch by batch.</summary>
    public SegmentedPicture[] Segment(IReadOnlyList<RgbImage> pictures) => Model.Tiling is { } tiling
        ? [.. pictures.Select(picture => InWindows(picture, tiling))]
        : [.. pictures.Chunk(BatchSize).SelectMany(Resized)];

    /// <summary>What the network says of a picture.</summary>
    public SegmentedPicture Segment(RgbImage picture) => Segment([picture])[0];

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private IEnumerable<SegmentedPicture> Resized(RgbImage[] pictures)
    {
        var maps = _session.Run([.. pictures.Select(picture => Model.Resize.Apply(picture).Image)])[0];
        return pictures.Select((picture, i) => Back(Map(maps, i), picture));
    }

    // u = (x + 1/2) scale + offset in pixels of the network, u map / network in pixels of the map.
    private SegmentedPicture Back(MapGrid map, RgbImage picture)
    {
        var (to, resize) = (Model.Resize.TransformFor(picture.Width, picture.Height), Model.Resize);
        double across = (double)_mapWidth / resize.Width, down = (double)_mapHeight / resize.Height;
        return SegmentedPicture.Of(Model, picture.Width, picture.Height, map.Resampled(picture.Width, picture.Height,
            to.ScaleX * across, to.OffsetX * across, to.ScaleY * down, to.OffsetY * down));
    }

    private SegmentedPicture InWindows(RgbImage picture, Tiling tiling)
    {
        var (width, height) = Model.Crops ? (_mapWidth, _mapHeight) : (Model.Resize.Width, Model.Resize.Height);
        var (left, top) = ((Model.Resize.Width - width) / 2, (Model.Resize.Height - height) / 2);
        var grid = new WindowGrid(picture.Width, picture.Height, width, height, Model.Channels, tiling.Overlap);
        foreach (var chunk in grid.Places.Index().Chunk(BatchSize))
        {
            var maps = _session.Run([.. chunk.Select(window => PictureWindow.Cut(picture, window.Item.Left - left,
                window.Item.Top - top, Model.Resize.Width, Model.Resize.Height))])[0];
            foreach (var (i, window) in chunk.Index())
                grid.Add(window.Index, Map(maps, i).Resampled(width, height, (double)_mapWidth / width, 0,
                    (double)_mapHeight / height, 0));
        }
        return SegmentedPicture.Of(Model, picture.Width, picture.Height, grid.Mean());
    }

    private MapGrid Map(float[] maps, int picture) => new(
        maps.AsMemory(picture * (maps.Length / BatchSize), maps.Length / BatchSize), _mapWidth, _mapHeight);
}
