using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Networks;

/// <summary>A network that is ready to run over batches of pictures in its size, with a tail of its own.</summary>
internal sealed class NetworkSession : IDisposable
{
    private readonly PictureNetwork _model;
    private readonly InferenceSession _session;
    private readonly RunOptions _options;
    private readonly OrtValue _images;
    private readonly List<string> _outputs = [];
    private readonly WholeNetwork? _whole;
    private readonly OrtValue[] _raw = [];

    /// <summary>Prepares it.</summary>
    /// <param name="model">The network.</param>
    /// <param name="batchSize">Pictures of a run, where the file takes several.</param>
    /// <param name="device">Where it runs; null: on the processor.</param>
    /// <param name="tail">From the raw values to what is read.</param>
    /// <exception cref="ModelException">The tail does not fit the model's values.</exception>
    public NetworkSession(PictureNetwork model, int batchSize, Device? device,
        Func<IReadOnlyList<Var>, IReadOnlyList<Var>> tail)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        (_model, BatchSize, device) = (model, model.Batch(batchSize), device ?? Device.Cpu);
        var (shape, graph) = (model.InputShape(BatchSize), new Graph());
        _images = HostTensors.Allocate(ElementType.Float32, shape);
        IReadOnlyList<Var> values;
        if (model.ScoresWholeNumbers)
        {
            _whole = new(model, device);
            values = [.. _whole.Shapes.Select((raw, i) =>
                graph.Input(model.RawValues[i], ElementType.Float32, raw.With(0, BatchSize)))];
            _raw = [.. values.Select(value => HostTensors.Allocate(value.Type, value.Shape))];
        }
        else
        {
            graph.Input(model.InputName, ElementType.Float32, shape);
            values = GraphReader.Read(
                model.Network(BatchSize), graph, model.RawValues, new() { FoldBatchNormalization = true });
        }
        var shapes = new List<TensorShape>();
        foreach (var (i, value) in tail(values).Index())
        {
            _outputs.Add(graph.Output($"detector/{i}", value).Name);
            shapes.Add(value.Shape);
        }
        Shapes = shapes;
        using var options = device.CreateSessionOptions();
        // Blocked layouts, which steps have no use for: UltraFace's pictures take half of the time.
        if (device.IsProcessor)
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL;
        _session = new(GraphWriter.Write(graph, "detector").ToBytes(), options);
        _options = new();
    }

    /// <summary>Pictures of one run: as asked for, or 1 where the file takes one at a time.</summary>
    public int BatchSize { get; }

    /// <summary>Shapes of what is read, for a batch.</summary>
    public IReadOnlyList<TensorShape> Shapes { get; }

    /// <summary>Runs at most <see cref="BatchSize"/> pictures; each result holds those of all places of the
    /// batch.</summary>
    /// <exception cref="ArgumentException">There are more, or one has another size.</exception>
    public float[][] Run(IReadOnlyList<RgbImage> pictures)
    {
        if (pictures.Count > BatchSize)
            throw new ArgumentException($"{pictures.Count} pictures do not fit into a batch of {BatchSize}.",
                nameof(pictures));
        foreach (var picture in pictures)
            _model.RequireSize(picture, nameof(pictures));
        var planes = _images.GetTensorMutableDataAsSpan<float>();
        var size = planes.Length / BatchSize;
        for (var i = 0; i < pictures.Count; i++)
            _model.Normalization.Write(pictures[i], planes.Slice(i * size, size));
        if (_whole is not null)
            for (var i = 0; i < pictures.Count; i++)
                foreach (var (value, raw) in _whole.Run(planes.Slice(i * size, size)).Zip(_raw))
                    value.Values<float>().CopyTo(raw.GetTensorMutableDataAsSpan<float>()[(int)(i * value.Shape.Size)..]);
        using var results = _whole is null ? _session.Run(_options, [_model.InputName], [_images], _outputs)
            : _session.Run(_options, _model.RawValues, _raw, _outputs);
        return [.. results.Select(result => result.GetTensorDataAsSpan<float>().ToArray())];
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
}
