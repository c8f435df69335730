using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Detectors;

/// <summary>
/// Finds objects in pictures, several at a time: resize, normalise, run, decode. Boxes come back in pixels of the
/// original pictures, classes as indices into <see cref="Heads.HeadFrame.Classes"/>. One call at a time.
/// </summary>
public sealed class Detector : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options;
    private readonly OrtValue _images;
    private readonly List<string> _tables = [];

    /// <summary>Prepares a detector for batches of a size.</summary>
    /// <exception cref="ModelException">The anchors or classes do not fit the model's values.</exception>
    public Detector(DetectorModel model, int batchSize = 8, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        (Model, BatchSize) = (model, batchSize);
        var shape = new TensorShape(batchSize, 3, model.Resize.Height, model.Resize.Width);
        var graph = new Graph();
        var input = graph.Input(model.InputName, ElementType.Float32, shape);
        var values = GraphReader.Read(model.Network(), graph, model.RawValues, new() { FoldBatchNormalization = true });
        foreach (var (i, table) in model.Head.Tables(model, values).Index())
            _tables.Add(graph.Output($"detector/{i}", table).Name);
        using var options = (device ?? Device.Cpu).CreateSessionOptions();
        _session = new(GraphWriter.Write(graph, "detector").ToBytes(), options);
        _options = new();
        _images = HostTensors.Allocate(input.Type, shape);
    }

    /// <summary>What is run.</summary>
    public DetectorModel Model { get; }

    /// <summary>Pictures of one run.</summary>
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
        if (pictures.Count > BatchSize)
            throw new ArgumentException($"{pictures.Count} pictures do not fit into a batch of {BatchSize}.",
                nameof(pictures));
        foreach (var picture in pictures)
            if (picture.Image.Width != Model.Resize.Width || picture.Image.Height != Model.Resize.Height)
                throw new ArgumentException(
                    $"A picture is {picture.Image.Width} x {picture.Image.Height}, the network takes "
                    + $"{Model.Resize.Width} x {Model.Resize.Height}; resize it with {nameof(DetectorModel)}."
                    + $"{nameof(DetectorModel.Resize)}.", nameof(pictures));
        var planes = _images.GetTensorMutableDataAsSpan<float>();
        var size = planes.Length / BatchSize;
        for (var i = 0; i < pictures.Count; i++)
            Model.Normalization.Write(pictures[i].Image, planes.Slice(i * size, size));
        using var results = _session.Run(_options, [Model.InputName], [_images], _tables);
        float[][] tables = [.. results.Select(result => result.GetTensorDataAsSpan<float>().ToArray())];
        return () => [.. pictures.Select((picture, i) => Decode(tables, i, picture.Transform))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _options.Dispose();
        _session.Dispose();
    }

    private DetectedObject[] Decode(float[][] tables, int picture, ResizeTransform transform)
    {
        var own = tables.Select(table => new ReadOnlyMemory<float>(table).Slice(
            picture * (table.Length / BatchSize), table.Length / BatchSize));
        return [.. Model.Head.Decode(Model, [.. own]).Select(o => o with { Box = transform.ToOriginal(o.Box) })];
    }
}
