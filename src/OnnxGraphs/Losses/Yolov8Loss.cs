using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// YOLOv8's loss for a task-aligned matching: class cross-entropy towards one-hot times quality, CIoU of the matched
/// boxes and the distribution focal loss of their sides, both weighted by quality, all divided by the sum of the
/// qualities (at least 1). Li et al. 2020, https://arxiv.org/abs/2006.04388; Feng et al. 2021,
/// https://arxiv.org/abs/2108.07755
/// </summary>
[Formula("(0.5 class cross-entropy + 7.5 q (1 - CIoU) + 1.5 q (distribution focal loss)) / sum of q",
    Paper = "https://arxiv.org/abs/2108.07755")]
public sealed record Yolov8Loss
{
    /// <summary>Weight of the boxes' overlap.</summary>
    public float BoxWeight { get; init; } = 7.5f;

    /// <summary>Weight of the classes.</summary>
    public float ClassWeight { get; init; } = 0.5f;

    /// <summary>Weight of the sides' distributions.</summary>
    public float SideWeight { get; init; } = 1.5f;

    /// <summary>
    /// The terms "box", "classification" and "sides"; their sum is the loss. Targets: class numbers [B, A] (-1: not
    /// matched, -2: does not count), corners [B, A, 4] and qualities [B, A]; predicted corners [B, A, 4], class logits
    /// [B, A, C] and logits of the four sides' distances [B, A, 4, n + 1] in units of <paramref name="cells"/>, squares
    /// [A, 4] in corners around the points. Boxes that are predicted without distributions have no sides, and no term
    /// for them.
    /// </summary>
    public IReadOnlyDictionary<string, Var> Terms(
        DetectionTargets targets, Var qualities, Var cells, Var boxes, Var logits, Var? sides)
    {
        Check(targets, qualities, cells, boxes, logits, sides);
        var classes = targets.Classes;
        var counted = Cast(GreaterOrEqual(classes, classes.Like(-1)), logits.Type);
        var q = Detach(qualities) * Cast(GreaterOrEqual(classes, classes.Like(0)), logits.Type);
        var share = 1f / Loss.AtLeastOne(Loss.BatchSum(q));
        var labels = OneHot(Max(classes, classes.Like(0)), logits.Shape[2]) * Unsqueeze(q, 2);
        var byClass = ReduceSum(new BinaryCrossEntropyLoss().Elements(logits, labels), [2], keep: false);
        var overlap = new IouLoss(IouKind.Complete).Elements(boxes, targets.Boxes);
        var terms = new Dictionary<string, Var>
        {
            ["box"] = BoxWeight * share * SumAll(q * overlap),
            ["classification"] = ClassWeight * share * SumAll(counted * byClass),
        };
        if (sides is null)
            return terms;
        var wanted = Distances(cells, Detach(targets.Boxes), sides.Shape[3] - 1);
        var distribution = ReduceMean(new DistributionFocalLoss().Elements(sides, wanted), [2], keep: false);
        terms["sides"] = SideWeight * share * SumAll(q * distribution);
        return terms;
    }

    /// <summary>The sum of the terms.</summary>
    public Var Of(DetectionTargets targets, Var qualities, Var cells, Var boxes, Var logits, Var? sides) =>
        Terms(targets, qualities, cells, boxes, logits, sides).Values.Aggregate((a, b) => a + b);

    // Left, top, right, bottom in strides, short of the last bin so that there is one above.
    private static Var Distances(Var cells, Var corners, long last)
    {
        var (low, high) = (Slice(cells, 1, 0, 2), Slice(cells, 1, 2, 4));
        var (centre, stride) = ((low + high) * 0.5f, high - low);
        var sides = Concat(
            [(centre - Slice(corners, 2, 0, 2)) / stride, (Slice(corners, 2, 2, 4) - centre) / stride], 2);
        return Clip(sides, 0, last - 0.01f);
    }

    private void Check(DetectionTargets targets, Var qualities, Var cells, Var boxes, Var logits, Var? sides)
    {
        foreach (var (weight, name) in new[] { (BoxWeight, nameof(BoxWeight)), (ClassWeight, nameof(ClassWeight)),
            (SideWeight, nameof(SideWeight)) })
            LossArgument.Above(this, 0, strict: false, weight, name);
        LossArgument.Expect(this, logits.Type == ElementType.Float32 && logits.Shape.Rank == 3, nameof(logits), logits,
            "Float32 [B, A, C]");
        var (b, a) = (logits.Shape[0], logits.Shape[1]);
        if (sides is not null)
        {
            LossArgument.Expect(this, sides.Shape.Rank == 4 && sides.Shape[3] > 1, nameof(sides), sides,
                $"Float32 [{b}, {a}, 4, n + 1], n at least 1");
            LossArgument.Shaped(this, sides, logits.Type, [b, a, 4, sides.Shape[3]]);
        }
        LossArgument.Shaped(this, boxes, logits.Type, [b, a, 4]);
        LossArgument.Shaped(this, cells, logits.Type, [a, 4]);
        LossArgument.Shaped(this, qualities, logits.Type, [b, a]);
        LossArgument.Shaped(this, targets.Boxes, logits.Type, [b, a, 4]);
        LossArgument.Shaped(this, targets.Classes, ElementType.Int64, [b, a]);
    }
}
