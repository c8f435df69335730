using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Training;

namespace MLNet.Detection.Web;

/// <summary>The three models of a page: the step, what shows predictions between steps, and the detector's own file.</summary>
/// <param name="Step">The step.</param>
/// <param name="Scores">From a picture and the flat weights to probabilities and boxes of all places.</param>
/// <param name="Detector">The detector's file, its trained weights as raw data.</param>
/// <param name="Weights">Where each of them lies in it.</param>
internal sealed record WebModels(
    TrainingGraph Step, OnnxModel Scores, byte[] Detector, IReadOnlyList<WebWeight> Weights)
{
    /// <summary>Names of the outputs of <see cref="Scores"/>.</summary>
    public const string ScoresName = "scores", BoxesName = "boxes";

    /// <summary>Builds them for a trainer's options.</summary>
    /// <exception cref="ModelException">The detector cannot be trained, or not by a page.</exception>
    public static WebModels Of(FineTuneTrainer.Options options)
    {
        var (detector, head) = (options.Detector, Head(options));
        var network = detector.Network(options.BatchSize);
        var graph = TrainingGraph.Build(network, detector.RawValues, FineTuneTrainer.Task(options).Loss, options.Optimizer,
            options.StepOptions(detector, network) with { Form = StepForm.WebGpuInt32 });
        var single = detector.Network(1);
        var forward = ForwardGraph.Build(single, detector.RawValues, values => Outputs(detector, head, values),
            (options with { BatchSize = 1 }).StepOptions(detector, single) with { Form = StepForm.WebGpuInt32 });
        if (!forward.Layout.Entries.SequenceEqual(graph.Layout.Entries))
            throw new ModelException($"{detector.Path}: the weights of the step are not those of the network for one "
                + "picture; export the file with an open batch axis.");
        var file = DetectorMetadata.Attach(detector with
        {
            Model = graph.Layout.Scatter(graph.Layout.Gather(detector.Model), detector.Model),
        }).ToBytes();
        return new(graph, forward.Model, file, Places(detector.Path, graph.Layout, file));
    }

    /// <summary>The head, if a page can write its targets.</summary>
    public static AnchorHead Head(FineTuneTrainer.Options options) => options.Head switch
    {
        AnchorHead head => head,
        DenseHead { Anchored: { } anchored } => anchored,
        var head => throw new ModelException($"{options.Detector.Path}: a page that trains matches boxes with anchors; a "
            + $"{head.Kind} head ({head.ToWords()}) learns otherwise. Train it here."),
    };

    private static Dictionary<string, Var> Outputs(DetectorModel detector, AnchorHead head, IReadOnlyList<Var> values)
    {
        var (scores, boxes) = head.Predictions(detector, detector.Head.Tables(detector, values));
        return new() { [ScoresName] = scores, [BoxesName] = boxes };
    }

    private static List<WebWeight> Places(string path, ParameterLayout layout, byte[] file)
    {
        var (places, weights) = (WeightPlaces.Of(file), new List<WebWeight>());
        foreach (var entry in layout.Entries)
        {
            if (!places.TryGetValue(entry.Name, out var place) || place.Bytes != 4 * entry.Shape.Size)
                throw new ModelException($"{path}: the weight '{entry.Name}' is not stored as float32, and a page puts its "
                    + "weights into the file as they are. Use the file before it was rounded.");
            weights.Add(new(entry.Name, entry.Offset, entry.Shape.Size, place.Offset));
        }
        return weights;
    }
}
