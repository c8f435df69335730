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
    /// <summary>Loss of the encoded boxes, summed over the four numbers.</summary>
    public Loss Box { get; init; } = new SmoothL1Loss(1f / 9);

    /// <summary>
    /// The terms "classification" and "box", scalars; their sum is the loss. Logits [R, C] with background 0, deltas
    /// [R, 4 C] class by class, labels Int64 [R] (0 background), boxes [R, 4] encoded.
    /// </summary>
    public IReadOnlyDictionary<string, Var> Terms(Var logits, Var deltas, Var labels, Var boxes)
    {
        Check(logits, deltas, labels, boxes);
        var (regions, classes) = (logits.Shape[0], logits.Shape[1]);
        var own = Reshape(Unsqueeze(labels, 1, 2), [regions, 1, 1]);
        var index = Expand(own, new(regions, 1, 4));
        var chosen = Squeeze(GatherElements(Reshape(deltas, [regions, classes, 4]), index, 1), 1);
        var positive = Cast(Greater(labels, labels.Like(0)), logits.Type);
        var box = ReduceSum(Box.Elements(chosen, boxes), [1], keep: false);
        return new Dictionary<string, Var>
        {
            ["classification"] = new CrossEntropyLoss().Of(logits, labels),
            ["box"] = SumAll(positive * box) / Math.Max(1, regions),
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
