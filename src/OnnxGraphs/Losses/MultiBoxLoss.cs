using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// SSD's loss: cross-entropy of the positive anchors and of the hardest negatives plus the box loss of the positives,
/// both summed and divided by the positives of the batch; 0 where there are none. Channel 0 of the logits is
/// background.
/// Liu et al. 2016, https://arxiv.org/abs/1512.02325
/// </summary>
[Formula("(cross-entropy of positives and hardest negatives + box loss of positives) / positives",
    Paper = "https://arxiv.org/abs/1512.02325")]
public sealed record MultiBoxLoss : DetectionLoss
{
    /// <summary>Negatives taken for each positive of the same image, hardest first; equally hard ones by lowest
    /// index.</summary>
    public float NegativeRatio { get; init; } = 3f;

    /// <summary>Loss of the encoded boxes, summed over the four numbers.</summary>
    public Loss Box { get; init; } = new SmoothL1Loss();

    /// <summary>Where the negatives run out, fill their quota with positives, which then count twice, as torchvision
    /// does.</summary>
    public bool RepeatPositives { get; init; }

    /// <inheritdoc/>
    public override bool HasBackgroundChannel => true;

    /// <inheritdoc/>
    protected override (Var Classification, Var Box) Formula(DetectionTargets targets, Var logits, Var deltas)
    {
        var classes = targets.Classes;
        var positive = Cast(GreaterOrEqual(classes, classes.Like(0)), logits.Type);               // [B, N]
        var ce = new CrossEntropyLoss().Elements(logits, Max(classes + classes.Like(1), classes.Like(0)));
        var n = ReduceSum(positive, [1]);
        var share = 1f / Loss.AtLeastOne(Loss.BatchSum(n));
        var box = ReduceSum(Box.Elements(deltas, targets.Boxes), [2], keep: false);
        return (share * SumAll((positive + HardNegatives(classes, Detach(ce), n)) * ce),
            share * SumAll(positive * box));
    }

    // 1 at the anchors of each image whose rank by loss is below its quota. Positives rank behind all negatives. Only
    // as many anchors are sorted as the image with the most positives needs.
    private Var HardNegatives(Var classes, Var loss, Var positives)
    {
        var negative = Equal(classes, classes.Like(-1));
        var behind = Cast(Min(classes, classes.Like(0)), loss.Type) - 1f;                 // positives -1, ignored -3
        var quota = Min(positives * NegativeRatio, loss.Like(classes.Shape[1]));          // [B, 1]
        var longest = Cast(ReduceMax(quota, [0, 1], keep: false) + 1f, ElementType.Int64);
        var k = Reshape(Min(longest, longest.Like(classes.Shape[1])), [1]);
        var (_, order) = TopKAtMost(Where(negative, loss, behind), k, axis: 1);
        var rank = CumSum(order * order.Like(0) + order.Like(1), 1, exclusive: true);
        var taken = Cast(Less(Cast(rank, loss.Type), quota), loss.Type);
        var chosen = ScatterElements(Filled(loss.Graph, classes.Shape, 0), order, taken, axis: 1);
        return chosen * Cast(RepeatPositives ? GreaterOrEqual(classes, classes.Like(-1)) : negative, loss.Type);
    }

    /// <inheritdoc/>
    protected override void Check(DetectionTargets targets, Var logits, Var deltas)
    {
        LossArgument.Above(this, 0, strict: false, NegativeRatio);
        base.Check(targets, logits, deltas);
    }
}
