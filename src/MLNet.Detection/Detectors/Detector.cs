using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using MLNet.Detection.Scoring;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Detectors;

/// <summary>
/// Finds objects in pictures, several at a time: resize, normalise, run, decode. Boxes come back in pixels of the
/// original pictures, classes as indices into <see cref="Networks.PictureNetwork.Classes"/>. One call at a time.
/// </summary>
public sealed class Detector : IDisposable
{
    private readonly NetworkSession? _session;
    private readonly FileOutputs? _file;

    /// <summary>Prepares a detector for batches of a size.</summary>
    /// <exception cref="ModelException">The anchors or classes do not fit the model's values.</exception>
    public Detector(DetectorModel model, int batchSize = 8, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        Model = model;
        if (model.Head.Outputs is { } outputs)
            (_file, BatchSize) = (new(model, outputs, device ?? Device.Cpu), batchSize);
        else
        {
            _session = new(model, batchSize, device, values => model.Head.Tables(model, values));
            BatchSize = _session.BatchSize;
        }
    }

    /// <summary>What is run.</summary>
    public DetectorModel Model { get; }

    /// <summary>Pictures of one run: as asked for, or 1 where the file takes one at a time.</summary>
    public int BatchSize { get; }

    /// <summary>Detects in any number of pictures, batch by batch.</summary>
    public DetectedObject[][] Detect(IReadOnlyList<RgbImage> pictures) =>
        [.. pictures.Chunk(BatchSize).SelectMany(chunk => DetectResized([.. chunk.Select(Model.Resize.Apply)]))];

    /// <summary>Detects in at most <see cref="BatchSize"/> pictures that already have the network's size.</summary>
    public DetectedObject[][] DetectResized(IReadOnlyList<ResizedImage> pictures) => Begin(pictures)();

    /// <summary>Runs the network on pictures; what it returns finds the objects, on any thread, while the next pictures
    /// run.</summary>
    internal Func<DetectedObject[][]> Begin(IReadOnlyList<ResizedImage> pictures)
    {
        if (_file is not null)
        {
            DetectedObject[][] found = [.. pictures.Select(picture => ToOriginal(_file.Run(picture.Image), picture.Transform))];
            return () => found;
        }
        var tables = _session!.Run([.. pictures.Select(picture => picture.Image)]);
        return () => [.. pictures.Select((picture, i) => Decode(tables, i, picture.Transform))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session?.Dispose();
        _file?.Dispose();
    }

    private DetectedObject[] Decode(float[][] tables, int picture, ResizeTransform transform)
    {
        var own = tables.Select(table => new ReadOnlyMemory<float>(table).Slice(
            picture * (table.Length / BatchSize), table.Length / BatchSize));
        return ToOriginal(Model.Head.Decode(Model, [.. own]), transform);
    }

    private static DetectedObject[] ToOriginal(DetectedObject[] found, ResizeTransform transform) =>
        Array.ConvertAll(found, o => o with { Box = transform.ToOriginal(o.Box) });
}
