using Microsoft.ML;
using MLNet.Detection.Detectors;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;
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
        _store = SampleStore.Read(data, options.Columns, options.Detector.Resize, options.Cancellation);
        foreach (var (i, sample) in _store.Samples.Index())
            _truths.AddRange(sample.Annotated.Select(truth =>
                new GroundTruth(i, truth.Category, BoxXywh.FromBox(truth.Box))
                {
                    Area = truth.Area, IsCrowd = truth.Crowd,
                }));
    }

    /// <summary>Images that could not be read.</summary>
    public IReadOnlyList<string> Skipped => _store.Skipped;

    /// <summary>Metrics of a detector on the set.</summary>
    public CocoMetrics Evaluate(DetectorModel model)
    {
        using var detector = new Detector(model, _options.BatchSize, _device);
        var found = new List<DetectionResult>();
        foreach (var chunk in Enumerable.Range(0, _store.Samples.Count).Chunk(_options.BatchSize))
        {
            var objects = detector.DetectResized(
                [.. chunk.Select(i => new ResizedImage(_store.Pixels(i), _store.Samples[i].Transform))]);
            foreach (var (i, detections) in chunk.Zip(objects))
                found.AddRange(detections.Select(o =>
                    new DetectionResult(i, o.Class, BoxXywh.FromBox(o.Box), o.Score)));
        }
        var categories = Enumerable.Range(0, model.Classes.Count).Select(c => (long)c);
        return new CocoEvaluation().Evaluate(_truths, found, [.. categories]);
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();
}
