using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Training;

/// <summary>A validation set, decoded once and scored after every epoch.</summary>
internal sealed class ValidationRun : IDisposable
{
    private readonly FineTuneTrainer.Options _options;
    private readonly Device _device;
    private readonly SampleStore _store;
    private readonly List<GroundTruth> _truths = [];

    public ValidationRun(IDataView data, FineTuneTrainer.Options options, Device device)
    {
        (_options, _device) = (options, device);
        _store = SampleStore.Read(
            data, options.Columns, options.Detector.Classes, options.Detector.Resize, options.Decoding,
            options.Cancellation);
        MissingObjects.Check(nameof(options.ValidationSet), _store.Samples.Count, _store.Problems,
            _store.Samples.Any(sample => sample.Annotated.Length > 0));
        foreach (var (i, sample) in _store.Samples.Index())
            _truths.AddRange(sample.Annotated.Select(truth =>
                new GroundTruth(i, truth.Category, BoxXywh.FromBox(truth.Box))
                {
                    Area = truth.Area, IsCrowd = truth.Crowd,
                }));
    }

    /// <summary>Images that could not be read.</summary>
    public IReadOnlyList<string> Skipped => _store.Skipped;

    /// <summary>Boxes that were corrected or left out.</summary>
    public IReadOnlyList<DatasetProblem> Problems => _store.Problems;

    /// <summary>Metrics of a detector on the set. While a batch is in the network, the next one is read and the objects
    /// of the one before are found.</summary>
    public CocoMetrics Evaluate(DetectorModel model)
    {
        using var detector = new Detector(model, _options.BatchSize, _device);
        var found = new List<Task<DetectedObject[][]>>();
        var chunks = Enumerable.Range(0, _store.Samples.Count).Chunk(_options.BatchSize).ToList();
        var next = Task.Run(() => Read(chunks.FirstOrDefault([])));
        foreach (var ahead in chunks.Skip(1).Append([]))
        {
            var pictures = next.GetAwaiter().GetResult();
            next = Task.Run(() => Read(ahead));
            found.Add(Task.Run(detector.Begin(pictures)));
        }
        var results = found.SelectMany(batch => batch.GetAwaiter().GetResult()).Index().SelectMany(image =>
            image.Item.Select(o => new DetectionResult(image.Index, o.Class, BoxXywh.FromBox(o.Box), o.Score)));
        var categories = Enumerable.Range(0, model.Classes.Count).Select(c => (long)c);
        return new CocoEvaluation().Evaluate(_truths, [.. results], [.. categories]);
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private ResizedImage[] Read(int[] images) =>
        Array.ConvertAll(images, i => new ResizedImage(_store.Pixels(i), _store.Samples[i].Transform));
}
