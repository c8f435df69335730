using Microsoft.ML;
using MLNet.Detection.Detectors;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using MLNet.Detection.Scoring;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Training;

/// <summary>Detectors on a validation set, by COCO's rules.</summary>
internal sealed class DetectionValidation : ValidationRun
{
    private readonly TrainingOptions _options;
    private readonly Device _device;
    private readonly List<GroundTruth> _truths = [];

    public DetectionValidation(IDataView data, TrainingTask task, TrainingOptions options, Device device)
        : base(data, task, options)
    {
        (_options, _device) = (options, device);
        foreach (var (i, sample) in Store.Samples.Index())
            _truths.AddRange(sample.Annotated.Select(truth =>
                new GroundTruth(i, truth.Category, BoxXywh.FromBox(truth.Box))
                {
                    Area = truth.Area, IsCrowd = truth.Crowd,
                }));
    }

    /// <summary>Metrics of a detector on the set. While a batch is in the network, the next one is read and the objects
    /// of the one before are found.</summary>
    public override IEpochMetrics Evaluate(PictureNetwork network)
    {
        var model = (DetectorModel)network;
        using var detector = new Detector(model, _options.Slices.Places, _device);
        var found = new List<Task<DetectedObject[][]>>();
        var chunks = Enumerable.Range(0, Store.Samples.Count).Chunk(_options.Slices.Places).ToList();
        var next = Task.Run(() => Read(chunks.FirstOrDefault([])));
        foreach (var ahead in chunks.Skip(1).Append([]))
        {
            var pictures = next.GetAwaiter().GetResult();
            next = Task.Run(() => Read(ahead));
            found.Add(Task.Run(detector.Begin(pictures)));
        }
        var objects = found.SelectMany(batch => batch.GetAwaiter().GetResult()).ToList();
        Shown = [.. objects.Take(_options.ShownPictures).Select((own, i) => new FoundPicture(Store.Pixels(i),
            [.. own.Select(o => o with { Box = Store.Samples[i].Transform.ToNetwork(o.Box) })]))];
        var results = objects.Index().SelectMany(image =>
            image.Item.Select(o => new DetectionResult(image.Index, o.Class, BoxXywh.FromBox(o.Box), o.Score)));
        var categories = Enumerable.Range(0, model.Classes.Count).Select(c => (long)c);
        return new CocoEvaluation().Evaluate(_truths, [.. results], [.. categories]);
    }

    private ResizedImage[] Read(int[] images) =>
        Array.ConvertAll(images, i => new ResizedImage(Store.Pixels(i), Store.Samples[i].Transform));
}
