using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>
/// Boxes in pictures. Targets are declared when the step is built and filled before it runs: a head that matches
/// anchors
/// alone has them ready with the batch; one that matches predictions gets them between the two halves of the step.
/// </summary>
internal sealed class DetectionTask(
    DetectorModel detector, DetectionHead head, LabelColumns columns, DetectorTeacher? teacher = null, Device? device = null)
    : TrainingTask, IDisposable
{
    private const string Targets = "targets/", Prediction = "predictions/";

    /// <summary>Name of the step's input with the class of each place.</summary>
    internal const string Classes = Targets + "classes";

    private readonly TargetInputs _targets = new(Targets, detector, head);

    private readonly Teaching? _teaching = teacher is null ? null : Teaching.Of(teacher, detector, head, device);

    private readonly RegionChooser? _choose = head.Chooser(detector);

    public override PictureNetwork Model => detector;

    public override string LossName => teacher is null ? head.LossName : $"{head.LossName}, {teacher.ToWords(detector)}";

    public override string BoxColumn => columns.BoundingBoxes;

    public override IEnumerable<SampleRow> Rows(IDataView view, List<string> skipped, RankShare share) =>
        SampleReader.Rows(view, columns, detector.Classes, skipped, share);

    public override FileRows? Files(IDataView view) => view is DetectionDataView { Dataset: var data } && columns == new LabelColumns()
        && new FileRows(data, columns.ClassesOf(view.Schema, detector.Classes)) is { KnowSizes: true } rows ? rows : null;

    public override void Check(string source, IReadOnlyList<Sample> samples, IReadOnlyList<DatasetProblem> problems,
        bool toLearn) =>
        MissingObjects.Check(source, samples.Count, problems, samples.Any(sample =>
            (toLearn ? sample.Truths.Length : sample.Annotated.Length) > 0));

    public override IEnumerable<string> Warnings(IDataView data, IDataView? validation)
    {
        foreach (var view in new[] { data, validation }.OfType<DetectionDataView>())
            if (AnnotatedSize.Warning(view.Dataset) is { } sizes)
                yield return sizes;
        if (validation is not null && columns.Unknown(validation.Schema, detector.Classes) is { Count: > 0 } unknown)
            yield return $"{nameof(TrainingOptions.ValidationSet)} has classes that the detector does not: "
                + $"{string.Join(", ", unknown)}; their objects are left out, the rest is measured.";
    }

    public override IReadOnlyList<string> Values => [.. detector.RawValues, .. _teaching?.Features ?? []];

    public override bool LossNeedsData => false;

    public override IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> values)
    {
        var raw = detector.RawValues.Count;
        var tables = head.Tables(detector, [.. values.Take(raw)]);
        foreach (var (i, table) in tables.Index().Take(head.PredictedTables))
            graph.Output(Prediction + i, table);
        var terms = _targets.Terms(graph, tables);
        return _teaching is null ? terms : terms.Concat(_teaching.Terms(graph, tables, [.. values.Skip(raw)])).ToDictionary();
    }

    public override void Clear(Batch batch, int place)
    {
        _targets.Clear(batch, place);
        _teaching?.Clear(batch, place);
        if (_choose is not null)
            RegionBatch.Write(batch, place, ChosenRegions.None);
    }

    public override void Count(Batch batch) => _targets.Count(batch, batch.Samples.Sum(sample => sample.Truths.Length));

    public override void Prepare(Batch batch, int image, RgbImage picture)
    {
        if (!head.MatchesPredictions)
            _targets.Write(batch, image, batch.Samples[image], []);
        _teaching?.Prepare(batch, image, picture);
    }

    public override void Match(ITrainingRun run, Batch batch)
    {
        if (head.PredictedTables == 0)
            return;
        var seen = run.Predict(batch.Set);
        float[][] tables = [.. Enumerable.Range(0, seen.Count).Select(i =>
            seen[Prediction + i].GetTensorDataAsSpan<float>().ToArray())];
        Parallel.For(0, batch.Samples.Count, image =>
        {
            IReadOnlyList<ReadOnlyMemory<float>> predicted = [.. tables.Select(table => batch.Rows(table, image))];
            if (_choose is null)
                _targets.Write(batch, image, batch.Samples[image], predicted);
            else
                RegionBatch.Write(batch, image, _choose(batch.Samples[image], predicted));
            _teaching?.Match(batch, image, predicted);
        });
    }

    public override void Score(TrainingOptions options, Device device)
    {
        using var scorer = new Detector(detector, options.Slices.Places, device);
        scorer.Detect([.. Enumerable.Repeat(Model.BlackPicture, scorer.BatchSize)]);
    }

    public override ValidationRun Validation(IDataView data, TrainingOptions options, Device device, CacheBudget budget) =>
        new DetectionValidation(data, this, options, device, budget);

    /// <inheritdoc/>
    public void Dispose() => _teaching?.Dispose();
}
