using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>The data inputs of a detector's training step: declared when it is built, filled before it runs.</summary>
/// <param name="Pixels">Name of the model's image input.</param>
internal sealed record TrainingInputs(string Pixels)
{
    private const string Classes = "targets/classes", Boxes = "targets/boxes", Images = "targets/images";

    /// <summary>The loss on a detector's raw class and box values, with inputs for its targets.</summary>
    public static IReadOnlyDictionary<string, Var> Loss(DetectionLoss loss, Graph graph, IReadOnlyList<Var> heads)
    {
        var shape = heads[0].Shape;
        var targets = new DetectionTargets(
            graph.Input(Classes, ElementType.Int64, new(shape[0], shape[1])),
            graph.Input(Boxes, shape[0], shape[1], 4));
        var terms = loss.Terms(targets, heads[0], heads[1]);
        if (!loss.AveragesImages)
            return terms;
        // A mean over the places of the batch becomes one over the images in it.
        var places = (float)shape[0] / graph.Input(Images, 1);
        return terms.ToDictionary(term => term.Key, term => Op.Reshape(term.Value, 1) * places);
    }

    /// <summary>Copies a batch into the step's inputs.</summary>
    public void Fill(TrainingRun run, Batch batch)
    {
        batch.Pixels.CopyTo(run.Input<float>(Pixels));
        batch.Classes.CopyTo(run.Input<long>(Classes));
        batch.Boxes.CopyTo(run.Input<float>(Boxes));
        if (run.Graph.Data.Any(input => input.Name == Images))
            run.Input<float>(Images)[0] = batch.Images;
    }
}
