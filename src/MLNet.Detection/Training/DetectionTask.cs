using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Matching;
using MLNet.Detection.Networks;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>
/// Boxes in pictures. Targets are declared when the step is built and filled before it runs: a head that matches
/// anchors
/// alone has them ready with the batch; one that matches predictions gets them between the two halves of the step.
/// </summary>
internal sealed class DetectionTask(DetectorModel detector, DetectionHead head, LabelColumns columns) : TrainingTask
{
    /// <summary>Names of the step's inputs: the class and the box of each place, and the counts of images and of objects
    /// that some losses divide by.</summary>
    internal const string Classes = "targets/classes", Boxes = "targets/boxes", Images = "targets/images",
        Objects = "targets/objects";

    private const string Prediction = "predictions/";

    private readonly TargetWriter _write = head.Targets(detector);

    private readonly RegionChooser? _choose = head.Chooser(detector);

    public override PictureNetwork Model => detector;

    public override string LossName => head.LossName;

    public override string BoxColumn => columns.BoundingBoxes;

    public override bool SharesValidation => true;

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
        if (validation is not null && columns.Unknown(validation.Schema, detector.Classes) is { Count: > 0 } unknown)
            yield return $"{nameof(TrainingOptions.ValidationSet)} has classes that the detector does not: "
                + $"{string.Join(", ", unknown)}; their objects are left out, the rest is measured.";
    }

    public override IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> values)
    {
        var tables = head.Tables(detector, values);
        var (batch, anchors) = (tables[0].Shape[0], tables[0].Shape[1]);
        var targets = new DetectionTargets(
            graph.Input(Classes, ElementType.Int64, new(batch, anchors)),
            graph.Input(Boxes, batch, anchors, head.BoxTargetColumns(detector)))
        {
            Objects = head.CountsObjects ? graph.Input(Objects, 1) : null,
        };
        foreach (var (i, table) in tables.Index().Take(head.PredictedTables))
            graph.Output(Prediction + i, table);
        var terms = head.Terms(detector, targets, tables);
        if (!head.AveragesImages)
            return terms;
        // A mean over the places of the batch becomes one over the images in it.
        var places = (float)(batch * (graph.Parts ?? 1)) / Op.SumOverParts(graph.Input(Images, 1));
        return terms.ToDictionary(term => term.Key, term => Op.Reshape(term.Value, 1) * places);
    }

    public override void Clear(Batch batch, int place)
    {
        batch.Part<float>(Boxes, place).Clear();
        batch.Part<long>(Classes, place).Fill(Matcher.Ignored);
        if (_choose is not null)
            RegionBatch.Write(batch, place, ChosenRegions.None);
    }

    public override void Count(Batch batch)
    {
        if (batch.Has(Images))
            batch.Whole<float>(Images)[0] = batch.Samples.Count;
        if (batch.Has(Objects))
            batch.Whole<float>(Objects)[0] = batch.Samples.Sum(sample => sample.Truths.Length);
    }

    public override void Prepare(Batch batch, int image)
    {
        if (!head.MatchesPredictions)
            Write(batch, image, []);
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
                Write(batch, image, predicted);
            else
                RegionBatch.Write(batch, image, _choose(batch.Samples[image], predicted));
        });
    }

    public override void Score(TrainingOptions options, Device device)
    {
        using var scorer = new Detector(detector, options.Slices.Places, device);
        scorer.Detect([.. Enumerable.Repeat(Model.BlackPicture, scorer.BatchSize)]);
    }

    public override ValidationRun Validation(IDataView data, TrainingOptions options, Device device, CacheBudget budget) =>
        new DetectionValidation(data, this, options, device, budget);

    private void Write(Batch batch, int image, IReadOnlyList<ReadOnlyMemory<float>> predicted) => _write(
        batch.Samples[image], predicted, batch.Part<long>(Classes, image), batch.Part<float>(Boxes, image));
}
