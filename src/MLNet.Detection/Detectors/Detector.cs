using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Detectors;

/// <summary>
/// Finds objects in pictures, several at a time: resize, normalise, run, decode. Boxes come back in pixels of the
/// original pictures, classes as indices into <see cref="DetectorModel.Classes"/>. One call at a time.
/// </summary>
public sealed class Detector : IDisposable
{
    private const string ClassesName = "detector/classes", BoxesName = "detector/boxes";

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtValue _images;
    private readonly Box[] _anchors;

    /// <summary>Prepares a detector for batches of a size.</summary>
    /// <exception cref="ModelException">The anchors or classes do not fit the model's values.</exception>
    public Detector(DetectorModel model, int batchSize = 8, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        (Model, BatchSize, _anchors) = (model, batchSize, [.. model.Anchors]);
        var shape = new TensorShape(batchSize, 3, model.Resize.Height, model.Resize.Width);
        var graph = new Graph();
        var input = graph.Input(model.InputName, ElementType.Float32, shape);
        var heads = GraphReader.Read(
            model.Model, graph, [model.ClassValue, model.BoxValue], new() { FoldBatchNormalization = true });
        graph.Output(ClassesName, heads[0]);
        graph.Output(BoxesName, heads[1]);
        _ = model.Checked(heads);
        using var options = (device ?? Device.Cpu).CreateSessionOptions();
        _session = new(GraphWriter.Write(graph, "detector").ToBytes(), options);
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
    public DetectedObject[][] DetectResized(IReadOnlyList<ResizedImage> pictures)
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
        using var results = _session.Run(_options, [Model.InputName], [_images], [ClassesName, BoxesName]);
        return [.. pictures.Select((picture, i) => Decode(results, i, picture.Transform))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _options.Dispose();
        _session.Dispose();
    }

    private DetectedObject[] Decode(IReadOnlyList<OrtValue> results, int picture, ResizeTransform transform)
    {
        var (rows, columns) = (_anchors.Length, Model.ClassColumns);
        var scores = results[0].GetTensorDataAsSpan<float>().Slice(picture * rows * columns, rows * columns);
        var deltas = MemoryMarshal.Cast<float, BoxDelta>(results[1].GetTensorDataAsSpan<float>());
        var found = Model.Decoder.Decode(
            scores, deltas.Slice(picture * rows, rows), _anchors, Model.Resize.Width, Model.Resize.Height);
        return [.. found.Select(o =>
            o with { Box = transform.ToOriginal(o.Box), Class = Model.ClassOfColumn(o.Class) })];
    }
}
