using MLNet.Detection.Detectors;
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
    private const string Classes = "targets/classes", Boxes = "targets/boxes", Images = "targets/images",
        Prediction = "predictions/";

    private readonly TargetWriter _write = head.Targets(detector);

    /// <summary>The loss on a detector's raw values, with inputs for its targets.</summary>
    public IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> values)
    {
        var tables = head.Tables(detector, values);
        var (batch, anchors) = (tables[0].Shape[0], tables[0].Shape[1]);
        var targets = new DetectionTargets(
            graph.Input(Classes, ElementType.Int64, new(batch, anchors)),
            graph.Input(Boxes, batch, anchors, head.BoxTargetColumns));
        foreach (var (i, table) in tables.Index().Where(_ => head.MatchesPredictions))
            graph.Output(Prediction + i, table);
        var terms = head.Terms(detector, targets, tables);
        if (!head.AveragesImages)
            return terms;
        // A mean over the places of the batch becomes one over the images in it.
        var places = (float)batch / graph.Input(Images, 1);
        return terms.ToDictionary(term => term.Key, term => Op.Reshape(term.Value, 1) * places);
    }

    /// <summary>Memory for the data of a step.</summary>
    public Batch NewBatch(int places, int pixels) => new(places, pixels, detector.Anchors.Count, head.BoxTargetColumns);

    /// <summary>Writes what can be said of an image's targets before the step begins.</summary>
    public void Prepare(Batch batch, int image)
    {
        if (!head.MatchesPredictions)
            batch.Write(_write, image, []);
    }

    /// <summary>Copies a batch into the step's inputs.</summary>
    public void Fill(ITrainingRun run, Batch batch)
    {
        batch.Pixels.CopyTo(run.Input<float>(detector.InputName));
        if (head.MatchesPredictions)
            Match(run, batch);
        batch.Classes.CopyTo(run.Input<long>(Classes));
        batch.Boxes.CopyTo(run.Input<float>(Boxes));
        if (run.Data.Any(input => input.Name == Images))
            run.Input<float>(Images)[0] = batch.Samples.Count;
    }

    // Each image by itself: threads change no result.
    private void Match(ITrainingRun run, Batch batch)
    {
        var seen = run.Predict();
        float[][] tables = [.. Enumerable.Range(0, seen.Count).Select(i =>
            seen[Prediction + i].GetTensorDataAsSpan<float>().ToArray())];
        Parallel.For(0, batch.Samples.Count, image => batch.Write(_write, image,
            [.. tables.Select(table => Rows(table, image, batch.Places))]));
    }

    private static ReadOnlyMemory<float> Rows(float[] table, int image, int images) =>
        table.AsMemory(image * (table.Length / images), table.Length / images);
}
