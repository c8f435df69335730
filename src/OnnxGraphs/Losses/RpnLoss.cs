using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Loss of a region proposal network over sampled anchors: mean cross-entropy of the objectness plus the box loss of
/// the sampled positives, divided by the number of sampled anchors. Ren et al. 2015, https://arxiv.org/abs/1506.01497
/// </summary>
[Formula("mean objectness cross-entropy + box loss of positives / sampled", Paper = "https://arxiv.org/abs/1506.01497")]
public sealed record RpnLoss
{
    /// <summary>Loss of the encoded boxes, summed over the four numbers.</summary>
    public Loss Box { get; init; } = new SmoothL1Loss(1f / 9);

    /// <summary>
    /// The terms "objectness" and "box", scalars; their sum is the loss. Objectness logits [T, 1], deltas [T, 4], boxes
    /// [T, 4] encoded, indices Int64 [P] and [M] of the sampled positives and negatives.
    /// </summary>
    public IReadOnlyDictionary<string, Var> Terms(Var objectness, Var deltas, Var boxes, Var positives, Var negatives)
    {
        Check(objectness, deltas, boxes, positives, negatives);
        var (p, n) = (positives.Shape[0], negatives.Shape[0]);
        var graph = objectness.Graph;
        var logits = Gather(Squeeze(objectness, 1), Concat([positives, negatives], 0));
        var wanted = Concat([Filled(graph, new(p), 1), Filled(graph, new(n), 0)], 0);
        var box = Box.Elements(Gather(deltas, positives), Gather(boxes, positives));
        return new Dictionary<string, Var>
        {
            ["objectness"] = new BinaryCrossEntropyLoss().Of(logits, wanted),
            ["box"] = SumAll(box) / (float)(Math.Max(1, p + n) * Loss.PartsOf(graph)),
        };
    }

    /// <summary>
    /// The same terms where the sample is told anchor by anchor, so that its size may change from step to step: labels
    /// Int64 [T], 1 for positives, 0 for negatives, less for anchors that were not sampled.
    /// </summary>
    public IReadOnlyDictionary<string, Var> Terms(Var objectness, Var deltas, Var boxes, Var labels)
    {
        Check(objectness, deltas, boxes, labels, labels);
        LossArgument.Expect(this, labels.Shape[0] == objectness.Shape[0], nameof(labels), labels,
            $"Int64 [{objectness.Shape[0]}]");
        var skipped = Less(labels, labels.Like(0));
        var positive = Cast(Greater(labels, labels.Like(0)), objectness.Type);
        var sampled = SumOverParts(ReduceSum(1f - Cast(skipped, objectness.Type), keep: false));
        var box = RegionBoxes.Sum(Box, deltas, boxes);
        return new Dictionary<string, Var>
        {
            ["objectness"] = new BinaryCrossEntropyLoss().Of(Squeeze(objectness, 1), positive, new() { Ignore = skipped }),
            ["box"] = SumAll(positive * box) / Loss.AtLeastOne(sampled),
        };
    }

    /// <summary>The sum of the terms.</summary>
    public Var Of(Var objectness, Var deltas, Var boxes, Var positives, Var negatives) =>
        Terms(objectness, deltas, boxes, positives, negatives).Values.Aggregate((a, b) => a + b);

    private void Check(Var objectness, Var deltas, Var boxes, Var positives, Var negatives)
    {
        LossArgument.Expect(this, objectness.Type == ElementType.Float32 && objectness.Shape.Rank == 2
            && objectness.Shape[1] == 1,
            nameof(objectness), objectness, "Float32 [T, 1]");
        var four = new TensorShape(objectness.Shape[0], 4);
        LossArgument.Expect(this, deltas.Shape == four, nameof(deltas), deltas, $"{objectness.Type} {four}");
        LossArgument.Expect(this, boxes.Shape == four, nameof(boxes), boxes, $"{objectness.Type} {four}");
        LossArgument.Expect(this, positives is { Type: ElementType.Int64, Shape.Rank: 1 }, nameof(positives), positives,
            "Int64 [P]");
        LossArgument.Expect(this, negatives is { Type: ElementType.Int64, Shape.Rank: 1 }, nameof(negatives), negatives,
            "Int64 [M]");
    }
}
