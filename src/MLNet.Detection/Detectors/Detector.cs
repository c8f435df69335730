using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Detectors;

/// <summary>
/// Finds objects in pictures, several at a time: resize, normalise, run, decode. Boxes come back in pixels of the
/// original pictures, classes as indices into <see cref="Networks.PictureNetwork.Classes"/>. One call at a time.
/// </summary>
public sealed class Detector : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options;
    private readonly OrtValue _images;
    private readonly List<string> _tables = [];
    private readonly WholeNetwork? _whole;
    private readonly OrtValue[] _raw = [];

    /// <summary>Prepares a detector for batches of a size.</summary>
    /// <exception cref="ModelException">The anchors or classes do not fit the model's values.</exception>
    public Detector(DetectorModel model, int batchSize = 8, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        batchSize = model.Batch(batchSize);
        (Model, BatchSize) = (model, batchSize);
        var shape = new TensorShape(batchSize, 3, model.Resize.Height, model.Resize.Width);
        var graph = new Graph();
        _images = HostTensors.Allocate(ElementType.Float32, shape);
        IReadOnlyList<Var> values;
        if (model.ScoresWholeNumbers)
        {
            _whole = new(model, device ?? Device.Cpu);
            values = [.. _whole.Shapes.Select((raw, i) =>
                graph.Input(model.RawValues[i], ElementType.Float32, raw.With(0, batchSize)))];
            _raw = [.. values.Select(value => HostTensors.Allocate(value.Type, value.Shape))];
        }
        else
        {
            graph.Input(model.InputName, ElementType.Float32, shape);
            values = GraphReader.Read(
                model.Network(batchSize), graph, model.RawValues, new() { FoldBatchNormalization = true });
        }
        foreach (var (i, table) in model.Head.Tables(model, values).Index())
            _tables.Add(graph.Output($"detector/{i}", table).Name);
        using var options = (device ?? Device.Cpu).CreateSessionOptions();
        _session = new(GraphWriter.Write(graph, "detector").ToBytes(), options);
        _options = new();
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
        if (_whole is not null)
            for (var i = 0; i < pictures.Count; i++)
                foreach (var (value, raw) in _whole.Run(planes.Slice(i * size, size)).Zip(_raw))
                    value.Values<float>().CopyTo(raw.GetTensorMutableDataAsSpan<float>()[(int)(i * value.Shape.Size)..]);
        using var results = _whole is null ? _session.Run(_options, [Model.InputName], [_images], _tables)
            : _session.Run(_options, Model.RawValues, _raw, _tables);
        float[][] tables = [.. results.Select(result => result.GetTensorDataAsSpan<float>().ToArray())];
        return () => [.. pictures.Select((picture, i) => Decode(tables, i, picture.Transform))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in _raw)
            value.Dispose();
        _whole?.Dispose();
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
