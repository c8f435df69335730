using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>
/// The data inputs of a detector's training step: declared when it is built, filled before it runs. A head that matches
/// anchors alone has its targets ready with the batch; one that matches predictions gets them between the two halves of
/// the step.
/// </summary>
internal sealed class TrainingInputs(DetectorModel detector, DetectionHead head)
{
    public const string Classes = "targets/classes", Boxes = "targets/boxes", Images = "targets/images",
        Objects = "targets/objects";

    private const string Prediction = "predictions/";

    private readonly TargetWriter _write = head.Targets(detector);

    /// <summary>The loss on a detector's raw values, with inputs for its targets.</summary>
    public IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> values)
    {
        var tables = head.Tables(detector, values);
        var (batch, anchors) = (tables[0].Shape[0], tables[0].Shape[1]);
        var targets = new DetectionTargets(
            graph.Input(Classes, ElementType.Int64, new(batch, anchors)),
            graph.Input(Boxes, batch, anchors, head.BoxTargetColumns(detector)))
        {
            Objects = head.CountsObjects ? graph.Input(Objects, 1) : null,
        };
        foreach (var (i, table) in tables.Index().Where(_ => head.MatchesPredictions))
            graph.Output(Prediction + i, table);
        var terms = head.Terms(detector, targets, tables);
        if (!head.AveragesImages)
            return terms;
        // A mean over the places of the batch becomes one over the images in it.
        var places = (float)batch / graph.Input(Images, 1);
        return terms.ToDictionary(term => term.Key, term => Op.Reshape(term.Value, 1) * places);
    }

    /// <summary>A batch in a set of a run's inputs.</summary>
    public Batch NewBatch(ITrainingRun run, int set) => new(run, detector.InputName, set);

    /// <summary>Writes what can be said of an image's targets before the step begins.</summary>
    public void Prepare(Batch batch, int image)
    {
        if (!head.MatchesPredictions)
            batch.Write(_write, image, []);
    }

    /// <summary>Writes the targets that depend on what the step itself predicts. Each image by itself: threads change no
    /// result.</summary>
    public void Match(ITrainingRun run, Batch batch)
    {
        if (!head.MatchesPredictions)
            return;
        var seen = run.Predict(batch.Set);
        float[][] tables = [.. Enumerable.Range(0, seen.Count).Select(i =>
            seen[Prediction + i].GetTensorDataAsSpan<float>().ToArray())];
        Parallel.For(0, batch.Samples.Count, image => batch.Write(_write, image,
            [.. tables.Select(table => batch.Rows(table, image))]));
    }
}
