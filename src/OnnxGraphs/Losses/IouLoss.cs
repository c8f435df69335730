using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Loss by overlap of predicted and wanted boxes, [..., 4] each; one number a box. Unlike losses of coordinates it does
/// not depend on the scale. Disjoint boxes have a gradient with the kinds Generalized, Distance and Complete only.
/// </summary>
/// <param name="Kind">The measure: IoU, squared, logarithmic, GIoU, DIoU or CIoU.</param>
[Formula("1 - IoU + (|C| - U) / |C|, and other measures of overlap", Paper = "https://arxiv.org/abs/1902.09630")]
public sealed record IouLoss(IouKind Kind = IouKind.Generalized) : Loss
{
    /// <summary>Corners or centre and size.</summary>
    public BoxForm Form { get; init; } = BoxForm.Corners;

    /// <summary>The e that keeps quotients finite, above 0.</summary>
    public float Epsilon { get; init; } = 1e-7f;

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var boxes = new BoxPairs(prediction, target, Form);
        var (union, hull) = (boxes.Union, boxes.Hull);
        var iou = boxes.Overlap / (union + Epsilon);
        return Kind switch
        {
            IouKind.Iou => 1f - iou,
            IouKind.Squared => 1f - iou * iou,
            IouKind.Log => -Log(iou + Epsilon),
            IouKind.Generalized => 1f - iou + (hull - union) / (hull + Epsilon),
            IouKind.Distance => ByDistance(boxes, iou),
            _ => ByDistance(boxes, iou) + Aspect(boxes, iou),
        };
    }

    private Var ByDistance(BoxPairs boxes, Var iou) => 1f - iou + boxes.Distance / (boxes.HullDiagonal + Epsilon);

    private Var Aspect(BoxPairs boxes, Var iou)
    {
        var v = boxes.AspectDifference;
        return Detach(v / (1f - iou + v + Epsilon)) * v;
    }

    /// <summary>All boxes count as positive.</summary>
    protected override Var Positives(Var target) => Filled(target.Graph, new([.. target.Shape.SkipLast(1)]), 1);

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Above(this, 0, strict: true, Epsilon);
        Expect(prediction.Shape.Rank > 1 && prediction.Shape[-1] == 4, nameof(prediction), prediction,
            "boxes [..., 4]");
        base.Check(prediction, target);
    }
}
