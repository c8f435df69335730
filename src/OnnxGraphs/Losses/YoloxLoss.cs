using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// YOLOX's loss for a given assignment: w (1 - IoU^2) and class cross-entropy (towards one-hot times IoU) of the
/// assigned anchors, objectness cross-entropy of all, each summed and divided by the assigned anchors of the batch (at
/// least 1).
/// Ge et al. 2021, https://arxiv.org/abs/2107.08430
/// </summary>
[Formula("(w (1 - IoU^2) + class cross-entropy of assigned + objectness of all) / assigned",
    Paper = "https://arxiv.org/abs/2107.08430")]
public sealed record YoloxLoss
{
    /// <summary>Weight w of the box term.</summary>
    public float BoxWeight { get; init; } = 5f;

    /// <summary>
    /// Whether one softmax runs over the classes, as in FastestDet, not a sigmoid for each: their term is then the
    /// cross-entropy of the assigned anchors.
    /// </summary>
    public bool ExclusiveClasses { get; init; }

    /// <summary>
    /// The terms "box", "objectness" and "classification", and "l1" where raw boxes are given; their sum is the loss.
    /// Targets: class numbers [B, A] (-1: not assigned, -2: does not count) and boxes [B, A, 4]; outputs [B, A, 5 + C]:
    /// decoded box, objectness logit, class logits. All boxes are centre and size. Raw boxes and their targets: [B, A,
    /// 4], not decoded.
    /// </summary>
    public IReadOnlyDictionary<string, Var> Terms(
        DetectionTargets targets, Var outputs, (Var Boxes, Var Targets)? raw = null)
    {
        Check(targets, outputs, raw);
        var (classes, c) = (targets.Classes, outputs.Shape[2] - 5);
        var parts = Split(outputs, 2, 4, 1, c);
        var assigned = Cast(GreaterOrEqual(classes, classes.Like(0)), outputs.Type);
        var counted = Cast(GreaterOrEqual(classes, classes.Like(-1)), outputs.Type);
        var share = 1f / Loss.AtLeastOne(Loss.BatchSum(assigned));
        var box = new IouLoss(IouKind.Squared) { Form = BoxForm.Centre, Epsilon = 1e-16f };
        var iou = Detach(1f - (box with { Kind = IouKind.Iou }).Elements(parts[0], targets.Boxes));
        var bce = new BinaryCrossEntropyLoss();
        var labels = OneHot(Max(classes, classes.Like(0)), c);
        var byClass = ExclusiveClasses ? -(labels * LogSoftmax(parts[2]))
            : bce.Elements(parts[2], labels * Unsqueeze(iou, 2));
        var terms = new Dictionary<string, Var>
        {
            ["box"] = BoxWeight * share * SumAll(assigned * box.Elements(parts[0], targets.Boxes)),
            ["objectness"] = share * SumAll(counted * bce.Elements(Squeeze(parts[1], 2), assigned)),
            ["classification"] = share * SumAll(assigned * ReduceSum(byClass, [2], keep: false)),
        };
        if (raw is { } boxes)
            terms["l1"] = share * SumAll(assigned * ReduceSum(new L1Loss().Elements(boxes.Boxes, boxes.Targets), [2],
                keep: false));
        return terms;
    }

    /// <summary>The sum of the terms.</summary>
    public Var Of(DetectionTargets targets, Var outputs, (Var Boxes, Var Targets)? raw = null) =>
        Terms(targets, outputs, raw).Values.Aggregate((a, b) => a + b);

    private void Check(DetectionTargets targets, Var outputs, (Var Boxes, Var Targets)? raw)
    {
        LossArgument.Above(this, 0, strict: false, BoxWeight);
        LossArgument.Expect(this, outputs.Type == ElementType.Float32 && outputs.Shape.Rank == 3
            && outputs.Shape[2] > 5,
            nameof(outputs), outputs, "Float32 [B, A, 5 + C]");
        var (b, a) = (outputs.Shape[0], outputs.Shape[1]);
        LossArgument.Shaped(this, targets.Classes, ElementType.Int64, [b, a]);
        LossArgument.Shaped(this, targets.Boxes, outputs.Type, [b, a, 4]);
        if (raw is { } boxes)
            LossArgument.Shaped(this, boxes.Boxes, outputs.Type, [b, a, 4]);
    }
}
