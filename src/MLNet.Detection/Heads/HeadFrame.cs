using MLNet.Detection.Boxes;
using MLNet.Detection.Networks;
using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>What a head knows of its detector: classes, places, size of the picture, thresholds.</summary>
public abstract record HeadFrame : PictureNetwork
{
    /// <summary>
    /// Name of the raw class value, [batch, anchors, classes]: logits, before Softmax or Sigmoid. Where the head is
    /// read from several maps, the first with class logits.
    /// </summary>
    public required string ClassValue { get; init; }

    /// <summary>
    /// Name of the raw box value, [batch, anchors, 4]: deltas, before decoding. Where the head is read from several
    /// maps, the first with boxes.
    /// </summary>
    public required string BoxValue { get; init; }

    /// <summary>
    /// The anchors, in pixels of the network's input: one for each place that predicts. See
    /// <see cref="DetectionHead"/>.
    /// </summary>
    public required IReadOnlyList<Box> Anchors { get; init; }

    /// <summary>From raw outputs to objects: activation, background column, box coder, thresholds.</summary>
    public DetectionDecoder Decoder { get; init; } = DetectionDecoder.Ssd;

    /// <summary>Columns of the class value: the classes and, where there is one, the background.</summary>
    public int ClassColumns => Classes.Count + (Decoder.BackgroundClass is null ? 0 : 1);

    /// <summary>The class of a column of the class value, from 0.</summary>
    public int ClassOfColumn(int column) =>
        Decoder.BackgroundClass is { } background && column > background ? column - 1 : column;

    /// <summary>Refuses a raw value that is not [B, anchors, columns].</summary>
    internal void Expect(string name, Var value, int columns)
    {
        var batch = value.Shape.Rank > 0 ? value.Shape[0] : 1;
        var expected = new TensorShape(batch, Anchors.Count, columns);
        if (value.Shape != expected)
            throw new ModelException(
                $"{Path}: '{name}' is {value.Shape}; {Anchors.Count} anchors and {Classes.Count} classes need "
                + $"{expected}. Check the anchors and classes.");
    }

    /// <summary>Boxes [B, N, 4] in pixels as parts of their anchor's size, the root of its area.</summary>
    internal Var InPlaces(Var boxes) => boxes / boxes.Graph.Constant(Tensor.Of<float>(new(Anchors.Count, 1),
        [.. Anchors.Select(anchor => MathF.Sqrt(anchor.Area))]));

    /// <summary>Objects from probabilities [N, C] and boxes [N] in pixels of the network's input.</summary>
    internal DetectedObject[] Select(
        ReadOnlySpan<float> scores, ReadOnlySpan<Box> boxes, ReadOnlySpan<int> anchorsPerLevel = default) =>
        Decoder.Select(scores, boxes, boxes.Length, Resize.Width, Resize.Height, anchorsPerLevel);
}
