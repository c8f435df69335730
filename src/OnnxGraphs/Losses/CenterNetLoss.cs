using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// CenterNet's loss: focal loss of heat maps, and at the centres of objects the distances of centre and size in cells, all
/// divided by the objects (at least 1). Zhou et al. 2019, https://arxiv.org/abs/1904.07850
/// </summary>
[Formula("(sum of penalty-reduced focal loss + at centres |centre| + 0.1 |size|) / objects",
    Paper = "https://arxiv.org/abs/1904.07850")]
public sealed record CenterNetLoss
{
    /// <summary>Loss of the heat maps.</summary>
    public PenaltyReducedFocalLoss Heat { get; init; } = new();

    /// <summary>Weight of the sizes.</summary>
    public float SizeWeight { get; init; } = 0.1f;

    /// <summary>
    /// The terms "classification", "centre" and "size", scalars; their sum is the loss. Targets: class numbers [B, N] (-1:
    /// no centre, -2: does not count) and boxes [B, N, 4] in corners; heat [B, N, C], logits [B, N, C], predicted corners
    /// [B, N, 4]; width and height of the cells [N, 2].
    /// </summary>
    public IReadOnlyDictionary<string, Var> Terms(DetectionTargets targets, Var heat, Var logits, Var boxes, Var cells)
    {
        Check(targets, heat, logits, boxes, cells);
        var classes = targets.Classes;
        var centred = Unsqueeze(Cast(GreaterOrEqual(classes, classes.Like(0)), logits.Type), 2);
        var counted = Unsqueeze(Cast(GreaterOrEqual(classes, classes.Like(-1)), logits.Type), 2);
        var share = 1f / Loss.AtLeastOne(Loss.BatchSum(centred));
        var ((centre, size), (wantedCentre, wantedSize)) = (Parts(boxes, cells), Parts(Detach(targets.Boxes), cells));
        return new Dictionary<string, Var>
        {
            ["classification"] = share * SumAll(counted * Heat.Elements(logits, Detach(heat))),
            ["centre"] = share * SumAll(centred * Abs(centre - wantedCentre)),
            ["size"] = SizeWeight * share * SumAll(centred * Abs(size - wantedSize)),
        };
    }

    /// <summary>The sum of the terms.</summary>
    public Var Of(DetectionTargets targets, Var heat, Var logits, Var boxes, Var cells) =>
        Terms(targets, heat, logits, boxes, cells).Values.Aggregate((a, b) => a + b);

    // Centre and size in cells.
    private static (Var Centre, Var Size) Parts(Var corners, Var cells)
    {
        var (low, high) = (Slice(corners, 2, 0, 2), Slice(corners, 2, 2, 4));
        return ((low + high) * 0.5f / cells, (high - low) / cells);
    }

    private void Check(DetectionTargets targets, Var heat, Var logits, Var boxes, Var cells)
    {
        LossArgument.Above(this, 0, strict: false, SizeWeight, nameof(SizeWeight));
        LossArgument.Expect(this, logits.Type == ElementType.Float32 && logits.Shape.Rank == 3, nameof(logits), logits,
            "Float32 [B, N, C]");
        var (b, n, c) = (logits.Shape[0], logits.Shape[1], logits.Shape[2]);
        LossArgument.Shaped(this, heat, logits.Type, [b, n, c]);
        LossArgument.Shaped(this, boxes, logits.Type, [b, n, 4]);
        LossArgument.Shaped(this, cells, logits.Type, [n, 2]);
        LossArgument.Shaped(this, targets.Boxes, logits.Type, [b, n, 4]);
        LossArgument.Shaped(this, targets.Classes, ElementType.Int64, [b, n]);
    }
}
