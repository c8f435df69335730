using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Loss of the second stage of Faster R-CNN over R sampled regions: mean cross-entropy plus the box loss of the regions
/// with an object, on the four deltas of their class, divided by all R. Girshick 2015, https://arxiv.org/abs/1504.08083
/// </summary>
[Formula("mean cross-entropy + box loss of objects on the deltas of their class / regions",
    Paper = "https://arxiv.org/abs/1504.08083")]
public sealed record FastRcnnLoss
{
    /// <summary>Loss of the classes, background 0, with a mean over the regions: cross-entropy, or
    /// <see cref="SoftmaxFocalLoss"/>.</summary>
    public Loss Classification { get; init; } = new CrossEntropyLoss();

    /// <summary>Loss of the encoded boxes, summed over the four numbers.</summary>
    public Loss Box { get; init; } = new SmoothL1Loss(1f / 9);

    /// <summary>
    /// The terms "classification" and "box", scalars; their sum is the loss. Logits [R, C] with background 0, deltas
    /// [R, 4 C] class by class, labels Int64 [R] (0 background, less for regions that do not count), boxes [R, 4]
    /// encoded.
    /// </summary>
    /// <param name="logits">The class logits.</param>
    /// <param name="deltas">The deltas of all classes.</param>
    /// <param name="labels">The classes of the regions.</param>
    /// <param name="boxes">What the regions with an object must predict.</param>
    /// <param name="decode">What is compared of the deltas of a region's class: [R, 4] to [R, 4], for a loss of boxes
    /// themselves, with <paramref name="boxes"/> in the same form. Null: the deltas.</param>
    public IReadOnlyDictionary<string, Var> Terms(
        Var logits, Var deltas, Var labels, Var boxes, Func<Var, Var>? decode = null)
    {
        Check(logits, deltas, labels, boxes);
        var (regions, classes) = (logits.Shape[0], logits.Shape[1]);
        var (skipped, label) = (Less(labels, labels.Like(0)), Max(labels, labels.Like(0)));
        var index = Expand(Reshape(label, [regions, 1, 1]), new(regions, 1, 4));
        var chosen = Squeeze(GatherElements(Reshape(deltas, [regions, classes, 4]), index, 1), 1);
        var positive = Cast(Greater(labels, labels.Like(0)), logits.Type);
        var box = RegionBoxes.Sum(Box, decode?.Invoke(chosen) ?? chosen, boxes);
        var counted = SumOverParts(ReduceSum(1f - Cast(skipped, logits.Type), keep: false));
        return new Dictionary<string, Var>
        {
            ["classification"] = Classification.Of(logits, label, new() { Ignore = skipped }),
            ["box"] = SumAll(positive * box) / Loss.AtLeastOne(counted),
        };
    }

    /// <summary>The sum of the terms.</summary>
    public Var Of(Var logits, Var deltas, Var labels, Var boxes) =>
        Terms(logits, deltas, labels, boxes).Values.Aggregate((a, b) => a + b);

    private void Check(Var logits, Var deltas, Var labels, Var boxes)
    {
        var shape = logits.Shape;
        LossArgument.Expect(this, logits.Type == ElementType.Float32 && shape.Rank == 2 && shape[1] > 1, nameof(logits),
            logits,
            "Float32 [R, C], C at least 2");
        var (all, four) = (new TensorShape(shape[0], 4 * shape[1]), new TensorShape(shape[0], 4));
        LossArgument.Expect(this, deltas.Shape == all, nameof(deltas), deltas, $"{logits.Type} {all}");
        LossArgument.Expect(this, boxes.Shape == four, nameof(boxes), boxes, $"{logits.Type} {four}");
        LossArgument.Labels(this, logits, labels, 1);
    }
}
