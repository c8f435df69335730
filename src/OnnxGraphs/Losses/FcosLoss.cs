using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// FCOS's loss: focal loss of all points that count, GIoU and centerness of the positive ones, each summed and divided
/// by the positives of the batch (at least 1). Tian et al. 2019, https://arxiv.org/abs/1904.01355
/// </summary>
[Formula("(sum of focal loss + GIoU loss and centerness of positives) / positives",
    Paper = "https://arxiv.org/abs/1904.01355")]
public sealed record FcosLoss
{
    /// <summary>Loss of the class logits; only its alpha and gamma are used.</summary>
    public FocalLoss Classification { get; init; } = new();

    /// <summary>Loss of the boxes, in corners.</summary>
    public IouLoss Box { get; init; } = new(IouKind.Generalized);

    /// <summary>
    /// The terms "classification", "box" and "centerness", scalars; their sum is the loss. Targets: class numbers [B,
    /// N] and boxes [B, N, 4] in corners; points as boxes [N, 4] in corners, whose size is the unit of the distances;
    /// logits [B, N, C], distances l, t, r, b [B, N, 4], centerness logits [B, N, 1].
    /// </summary>
    public IReadOnlyDictionary<string, Var> Terms(
        DetectionTargets targets, Var points, Var logits, Var distances, Var centerness)
    {
        Check(targets, points, logits, distances, centerness);
        var (classes, wanted) = (targets.Classes, Detach(targets.Boxes));
        var positive = Cast(GreaterOrEqual(classes, classes.Like(0)), logits.Type);
        var counted = Cast(GreaterOrEqual(classes, classes.Like(-1)), logits.Type);
        var share = 1f / Loss.AtLeastOne(Loss.BatchSum(positive));
        var (low, high) = (Slice(points, 1, 0, 2), Slice(points, 1, 2, 4));
        var (centre, size) = ((low + high) * 0.5f, high - low);
        var corners = Concat([centre - Slice(distances, 2, 0, 2) * size, centre + Slice(distances, 2, 2, 4) * size], 2);
        var sides = Concat([(centre - Slice(wanted, 2, 0, 2)) / size, (Slice(wanted, 2, 2, 4) - centre) / size], 2);
        var centred = new CenternessLoss().Elements(Squeeze(centerness, 2), sides);
        return new Dictionary<string, Var>
        {
            ["classification"] = share * SumAll(counted * Classification.PerAnchor(logits, classes)),
            ["box"] = share * SumAll(positive * Box.Elements(corners, wanted)),
            ["centerness"] = share * SumAll(positive * centred),
        };
    }

    /// <summary>The sum of the terms.</summary>
    public Var Of(DetectionTargets targets, Var points, Var logits, Var distances, Var centerness) =>
        Terms(targets, points, logits, distances, centerness).Values.Aggregate((a, b) => a + b);

    private void Check(DetectionTargets targets, Var points, Var logits, Var distances, Var centerness)
    {
        LossArgument.Expect(this, logits.Type == ElementType.Float32 && logits.Shape.Rank == 3, nameof(logits), logits,
            "Float32 [B, N, C]");
        var (b, n) = (logits.Shape[0], logits.Shape[1]);
        LossArgument.Shaped(this, points, logits.Type, [n, 4]);
        LossArgument.Shaped(this, distances, logits.Type, [b, n, 4]);
        LossArgument.Shaped(this, centerness, logits.Type, [b, n, 1]);
        LossArgument.Shaped(this, targets.Boxes, logits.Type, [b, n, 4]);
        LossArgument.Shaped(this, targets.Classes, ElementType.Int64, [b, n]);
    }
}
