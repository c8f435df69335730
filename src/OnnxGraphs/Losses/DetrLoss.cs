using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// DETR's set loss for a given matching of queries and objects: cross-entropy over C classes and "no object" (the last
/// channel), L1 and GIoU of the matched boxes divided by the objects of the batch (at least 1; more than are matched where they are more than
/// queries), each times its weight.
/// <see cref="DetrMatching"/> finds the matching. Carion et al. 2020, https://arxiv.org/abs/2005.12872
/// </summary>
[Formula("cross-entropy + 5 L1 + 2 GIoU loss of matched queries", Paper = "https://arxiv.org/abs/2005.12872")]
public sealed record DetrLoss
{
    /// <summary>Weight of the cross-entropy.</summary>
    public float ClassWeight { get; init; } = 1f;

    /// <summary>Weight of the L1 distance of boxes.</summary>
    public float L1Weight { get; init; } = 5f;

    /// <summary>Weight of the GIoU loss.</summary>
    public float IouWeight { get; init; } = 2f;

    /// <summary>Class weight of "no object" in the cross-entropy.</summary>
    public float NoObjectWeight { get; init; } = 0.1f;

    /// <summary>
    /// The terms "classification", "l1" and "iou", weighted scalars; their sum is the loss. Targets: class numbers [B,
    /// Q] (C for no object, -2 for queries that do not count) and boxes [B, Q, 4]; logits [B, Q, C + 1], boxes [B, Q,
    /// 4]. Boxes are centre and size.
    /// </summary>
    public IReadOnlyDictionary<string, Var> Terms(DetectionTargets targets, Var logits, Var boxes)
    {
        Check(targets, logits, boxes);
        var (classes, none) = (targets.Classes, logits.Shape[2] - 1);
        var isMatched = And(GreaterOrEqual(classes, classes.Like(0)), Less(classes, classes.Like(none)));
        var matched = Cast(isMatched, logits.Type);
        var share = 1f / Loss.AtLeastOne(Loss.BatchSum(targets.Objects ?? matched));
        float[] weights = [.. Enumerable.Repeat(1f, (int)none), NoObjectWeight];
        var l1 = ReduceSum(new L1Loss().Elements(boxes, targets.Boxes), [2], keep: false);
        // Boxes are shares of the picture: the usual 1e-7 would show in the gradients of small ones.
        var generalized = new IouLoss(IouKind.Generalized) { Form = BoxForm.Centre, Epsilon = 1e-16f };
        var iou = generalized.Elements(boxes, targets.Boxes);
        return new Dictionary<string, Var>
        {
            ["classification"] = ClassWeight
                * new CrossEntropyLoss { ClassWeights = weights, IgnoreLabel = -2 }.Of(logits, classes),
            ["l1"] = L1Weight * share * SumAll(matched * l1),
            ["iou"] = IouWeight * share * SumAll(matched * iou),
        };
    }

    /// <summary>The sum of the terms.</summary>
    public Var Of(DetectionTargets targets, Var logits, Var boxes) =>
        Terms(targets, logits, boxes).Values.Aggregate((a, b) => a + b);

    private void Check(DetectionTargets targets, Var logits, Var boxes)
    {
        foreach (var (weight, name) in new[] { (ClassWeight, nameof(ClassWeight)), (L1Weight, nameof(L1Weight)),
            (IouWeight, nameof(IouWeight)), (NoObjectWeight, nameof(NoObjectWeight)) })
            LossArgument.Above(this, 0, strict: false, weight, name);
        LossArgument.Expect(this, logits.Type == ElementType.Float32 && logits.Shape.Rank == 3 && logits.Shape[2] > 1,
            nameof(logits), logits, "Float32 [B, Q, C + 1], C at least 1");
        var (b, q) = (logits.Shape[0], logits.Shape[1]);
        LossArgument.Shaped(this, boxes, logits.Type, [b, q, 4]);
        LossArgument.Shaped(this, targets.Boxes, logits.Type, [b, q, 4]);
        LossArgument.Shaped(this, targets.Classes, ElementType.Int64, [b, q]);
    }
}
