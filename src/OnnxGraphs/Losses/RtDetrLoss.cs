using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// The set loss of detectors with one sigmoid a class and no "no object" (RT-DETR, D-FINE, DEIM), for a given matching of
/// queries and objects: varifocal loss with the IoU of the predicted box as the target of a matched query's class, L1 and
/// GIoU of the matched boxes; each summed, divided by the objects of the batch (at least 1) and weighted.
/// <see cref="DetrMatching"/> finds the matching. Zhao et al. 2023, https://arxiv.org/abs/2304.08069
/// </summary>
[Formula("varifocal loss by IoU + 5 L1 + 2 GIoU loss of matched queries", Paper = "https://arxiv.org/abs/2304.08069")]
public sealed record RtDetrLoss
{
    /// <summary>Weight of the classification.</summary>
    public float ClassWeight { get; init; } = 1f;

    /// <summary>Weight of the L1 distance of boxes.</summary>
    public float L1Weight { get; init; } = 5f;

    /// <summary>Weight of the GIoU loss.</summary>
    public float IouWeight { get; init; } = 2f;

    /// <summary>Loss of the class logits.</summary>
    public VarifocalLoss Classification { get; init; } = new();

    /// <summary>
    /// The terms "classification", "l1" and "iou", weighted scalars; their sum is the loss. Targets: class numbers [B, Q]
    /// (-1 for no object, -2 for queries that do not count) and boxes [B, Q, 4]; logits [B, Q, C], boxes [B, Q, 4]. Boxes
    /// are centre and size. Qualities [B, Q] are what the logits of matched queries learn; null: the IoU of the boxes.
    /// </summary>
    public IReadOnlyDictionary<string, Var> Terms(
        DetectionTargets targets, Var logits, Var boxes, Var? qualities = null)
    {
        Check(targets, logits, boxes);
        if (qualities is not null)
            LossArgument.Shaped(this, qualities, logits.Type, [logits.Shape[0], logits.Shape[1]]);
        var classes = targets.Classes;
        var matched = Cast(GreaterOrEqual(classes, classes.Like(0)), logits.Type);
        var counted = Unsqueeze(Cast(GreaterOrEqual(classes, classes.Like(-1)), logits.Type), 2);
        var share = 1f / Loss.AtLeastOne(Loss.BatchSum(matched));
        // Boxes are shares of the picture: the usual 1e-7 would show in the gradients of small ones.
        var overlap = new IouLoss(IouKind.Iou) { Form = BoxForm.Centre, Epsilon = 1e-16f };
        var quality = matched * (qualities ?? 1f - overlap.Elements(Detach(boxes), targets.Boxes));
        var wanted = OneHot(Max(classes, classes.Like(0)), (int)logits.Shape[2]) * Unsqueeze(quality, 2);
        var l1 = ReduceSum(new L1Loss().Elements(boxes, targets.Boxes), [2], keep: false);
        var iou = (overlap with { Kind = IouKind.Generalized }).Elements(boxes, targets.Boxes);
        return new Dictionary<string, Var>
        {
            ["classification"] = ClassWeight * share * SumAll(counted * Classification.Elements(logits, wanted)),
            ["l1"] = L1Weight * share * SumAll(matched * l1),
            ["iou"] = IouWeight * share * SumAll(matched * iou),
        };
    }

    /// <summary>The sum of the terms.</summary>
    public Var Of(DetectionTargets targets, Var logits, Var boxes, Var? qualities = null) =>
        Terms(targets, logits, boxes, qualities).Values.Aggregate((a, b) => a + b);

    private void Check(DetectionTargets targets, Var logits, Var boxes)
    {
        foreach (var (weight, name) in new[] { (ClassWeight, nameof(ClassWeight)), (L1Weight, nameof(L1Weight)),
            (IouWeight, nameof(IouWeight)) })
            LossArgument.Above(this, 0, strict: false, weight, name);
        LossArgument.Expect(this, logits.Type == ElementType.Float32 && logits.Shape.Rank == 3 && logits.Shape[2] > 0,
            nameof(logits), logits, "Float32 [B, Q, C], C at least 1");
        var (b, q) = (logits.Shape[0], logits.Shape[1]);
        LossArgument.Shaped(this, boxes, logits.Type, [b, q, 4]);
        LossArgument.Shaped(this, targets.Boxes, logits.Type, [b, q, 4]);
        LossArgument.Shaped(this, targets.Classes, ElementType.Int64, [b, q]);
    }
}
