using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Matching;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Training;

/// <summary>The inputs of a step that say what each place of a detector must learn, and the loss on them.</summary>
/// <param name="prefix">What stands before the names of the inputs.</param>
/// <param name="detector">The detector.</param>
/// <param name="head">Its head, with its loss.</param>
internal sealed class TargetInputs(string prefix, DetectorModel detector, DetectionHead head)
{
    private readonly string _classes = prefix + "classes", _boxes = prefix + "boxes", _images = prefix + "images",
        _objects = prefix + "objects";

    private readonly TargetWriter _write = head.Targets(detector);

    /// <summary>Declares the inputs: the class and the box of each place, and the counts of images and of objects that
    /// some losses divide by. Returns the terms of the head's loss.</summary>
    public IReadOnlyDictionary<string, Var> Terms(Graph graph, IReadOnlyList<Var> tables)
    {
        var (batch, anchors) = (tables[0].Shape[0], tables[0].Shape[1]);
        var targets = new DetectionTargets(
            graph.Input(_classes, ElementType.Int64, new(batch, anchors)),
            graph.Input(_boxes, batch, anchors, head.BoxTargetColumns(detector)))
        {
            Objects = head.CountsObjects ? graph.Input(_objects, 1) : null,
        };
        var terms = head.Terms(detector, targets, tables);
        if (!head.AveragesImages)
            return terms;
        // A mean over the places of the batch becomes one over the images in it.
        var places = (float)(batch * (graph.Parts ?? 1)) / Op.SumOverParts(graph.Input(_images, 1));
        return terms.ToDictionary(term => term.Key, term => Op.Reshape(term.Value, 1) * places);
    }

    /// <summary>Says that a place of a batch has no picture.</summary>
    public void Clear(Batch batch, int place)
    {
        batch.Part<float>(_boxes, place).Clear();
        batch.Part<long>(_classes, place).Fill(Matcher.Ignored);
    }

    /// <summary>Writes what the batch counts, where the loss asks for it.</summary>
    public void Count(Batch batch, int objects)
    {
        if (batch.Has(_images))
            batch.Whole<float>(_images)[0] = batch.Samples.Count;
        if (batch.Has(_objects))
            batch.Whole<float>(_objects)[0] = objects;
    }

    /// <summary>Writes the targets of an image.</summary>
    public void Write(Batch batch, int image, Sample sample, IReadOnlyList<ReadOnlyMemory<float>> predicted) =>
        _write(sample, predicted, batch.Part<long>(_classes, image), batch.Part<float>(_boxes, image));
}
