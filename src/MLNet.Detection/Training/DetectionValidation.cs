using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using MLNet.Detection.Scoring;
using OnnxGraphs.Distributed;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Training;

/// <summary>
/// Detectors on a validation set, by COCO's rules. Each rank finds objects in its share of the pictures, rank 0 measures: the
/// metrics are those of one process.
/// </summary>
internal sealed class DetectionValidation : ValidationRun
{
    private readonly TrainingOptions _options;
    private readonly Device _device;
    private IRanks _ranks = new SingleRank();
    private Dictionary<long, LabeledBox[]> _truths = [];
    private IReadOnlyList<string> _skipped = [];
    private IReadOnlyList<DatasetProblem> _problems = [];

    public DetectionValidation(IDataView data, TrainingTask task, TrainingOptions options, Device device, CacheBudget budget)
        : base(data, task, options, budget) =>
        (_options, _device) = (options, device);

    public override IReadOnlyList<string> Skipped => [.. _skipped.Union(Store.Skipped)];

    public override IReadOnlyList<DatasetProblem> Problems => _problems;

    public override void Begin(IRanks ranks)
    {
        _ranks = ranks;
        var own = new ValidationShare.Set(Store.Rows, [.. Store.Samples.Select(sample => (sample.Row, sample.Annotated))],
            Store.Skipped, Store.Problems);
        var sets = ranks.Gather(own.ToBytes()).Select(ValidationShare.Set.FromBytes).ToList();
        _truths = sets.SelectMany(set => set.Truths).ToDictionary(row => row.Row, row => row.Objects);
        (_skipped, _problems) = ([.. sets.SelectMany(set => set.Skipped)], [.. sets.SelectMany(set => set.Problems).Distinct()]);
        if (sets.FindIndex(set => set.Rows != own.Rows) is > 0 and var other)
            throw new InvalidOperationException($"Rank {other} has another {nameof(TrainingOptions.ValidationSet)} than rank 0: its boxes or "
                + "classes differ. Give all ranks the same files.");
        if (ranks.IsFirst())
            MissingObjects.Check(nameof(TrainingOptions.ValidationSet), _truths.Count, _problems, _truths.Values.Any(row => row.Length > 0));
    }

    public override IEpochMetrics? Evaluate(PictureNetwork network)
    {
        var model = (DetectorModel)network;
        var own = Find(model);
        Shown = [.. own.Take(_options.ShownPictures).Select(picture => new FoundPicture(Store.Pixels(picture.Index)!,
            [.. picture.Objects.Select(o => o with { Box = Store.Samples[picture.Index].Transform.ToNetwork(o.Box) })]))];
        var bytes = ValidationShare.ToBytes([.. own.Select(picture => (Store.Samples[picture.Index].Row, picture.Objects))]);
        var all = _ranks.Gather(bytes).SelectMany(ValidationShare.FromBytes).OrderBy(row => row.Row).ToList();
        if (!_ranks.IsFirst())
            return null;
        var truths = all.Index().SelectMany(row => _truths[row.Item.Row].Select(truth =>
            new GroundTruth(row.Index, truth.Category, BoxXywh.FromBox(truth.Box)) { Area = truth.Area, IsCrowd = truth.Crowd }));
        var results = all.Index().SelectMany(row => row.Item.Objects.Select(o =>
            new DetectionResult(row.Index, o.Class, BoxXywh.FromBox(o.Box), o.Score)));
        var categories = Enumerable.Range(0, model.Classes.Count).Select(c => (long)c);
        return new CocoEvaluation().Evaluate([.. truths], [.. results], [.. categories]);
    }

    // While a batch is in the network, the next one is read and the objects of the one before are found.
    private List<(int Index, DetectedObject[] Objects)> Find(DetectorModel model)
    {
        using var detector = new Detector(model, _options.Slices.Places, _device);
        var found = new List<(int[] Images, Task<DetectedObject[][]> Objects)>();
        var chunks = Enumerable.Range(0, Store.Samples.Count).Chunk(_options.Slices.Places).ToList();
        var next = Task.Run(() => Read(chunks.FirstOrDefault([])));
        foreach (var ahead in chunks.Skip(1).Append([]))
        {
            var read = next.GetAwaiter().GetResult();
            next = Task.Run(() => Read(ahead));
            if (read.Length > 0)
                found.Add((Array.ConvertAll(read, picture => picture.Index),
                    Task.Run(detector.Begin(Array.ConvertAll(read, picture => picture.Picture)))));
        }
        return [.. found.SelectMany(batch => batch.Images.Zip(batch.Objects.GetAwaiter().GetResult()))];
    }

    private (int Index, ResizedImage Picture)[] Read(int[] images) =>
    [
        .. images.Select(i => (Index: i, Pixels: Store.Pixels(i))).Where(picture => picture.Pixels is not null)
            .Select(picture => (picture.Index, new ResizedImage(picture.Pixels!, Store.Samples[picture.Index].Transform))),
    ];
}
