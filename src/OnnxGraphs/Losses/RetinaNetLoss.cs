using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// RetinaNet's loss: per image, the focal loss of all anchors that count plus the box loss of the positive ones, both
/// divided by the number of positives of that image; then the mean over the images. Lin et al. 2017,
/// https://arxiv.org/abs/1708.02002
/// </summary>
[Formula("mean over images of (sum of focal loss + sum of box loss of positives) / positives",
    Paper = "https://arxiv.org/abs/1708.02002")]
public sealed record RetinaNetLoss : DetectionLoss
{
    /// <summary>Loss of the class logits; only its alpha and gamma are used.</summary>
    public FocalLoss Classification { get; init; } = new();

    /// <summary>
    /// Loss of the encoded boxes, summed over the four numbers; torchvision takes <see cref="L1Loss"/>.
    /// </summary>
    public Loss Box { get; init; } = new SmoothL1Loss();

    /// <summary>What images without positives contribute.</summary>
    public EmptyImages EmptyImages { get; init; } = EmptyImages.Skip;

    /// <inheritdoc/>
    public override bool HasBackgroundChannel => false;

    /// <inheritdoc/>
    public override bool AveragesImages => true;

    /// <summary>
    /// The loss by image, [B], in the packed form: predictions [B, N, 4 + C] (deltas, then logits), targets [B, N, 5]
    /// (encoded box, then the class as a float; -1 background, -2 ignored).
    /// </summary>
    public Var PerImage(Var prediction, Var target)
    {
        var channels = prediction.Shape.Rank == 3 ? prediction.Shape[2] : 0;
        Expect(channels > 4, nameof(prediction), prediction, "[B, N, 4 + C]");
        Expect(target.Type == prediction.Type && target.Shape == prediction.Shape.With(2, 5), nameof(target), target,
            $"{prediction.Type} {prediction.Shape.With(2, 5)}");
        var (parts, wanted) = (Split(prediction, 2, 4, channels - 4), Split(target, 2, 4, 1));
        var targets = new DetectionTargets(Cast(Squeeze(wanted[1], 2), ElementType.Int64), wanted[0]);
        Check(targets, parts[1], parts[0]);
        var (classification, box) = ByImage(targets, parts[1], parts[0]);
        return classification + box;
    }

    /// <summary>The mean over the images of <see cref="PerImage"/>.</summary>
    public Var Of(Var prediction, Var target) => MeanOf(PerImage(prediction, target));

    /// <inheritdoc/>
    protected override (Var Classification, Var Box) Formula(DetectionTargets targets, Var logits, Var deltas)
    {
        var (classification, box) = ByImage(targets, logits, deltas);
        return (MeanOf(classification), MeanOf(box));
    }

    private (Var Classification, Var Box) ByImage(DetectionTargets targets, Var logits, Var deltas)
    {
        var classes = targets.Classes;
        var positive = Cast(GreaterOrEqual(classes, classes.Like(0)), logits.Type);             // [B, N]
        var counted = Cast(GreaterOrEqual(classes, classes.Like(-1)), logits.Type);
        var n = ReduceSum(positive, [1], keep: false);
        var share = (EmptyImages == EmptyImages.Skip ? Min(n, n.Like(1)) : n.Like(1)) / Loss.AtLeastOne(n);
        var focal = Classification.PerAnchor(logits, classes);
        var box = ReduceSum(Box.Elements(deltas, targets.Boxes), [2], keep: false);
        return (share * ReduceSum(counted * focal, [1], keep: false),
            share * ReduceSum(positive * box, [1], keep: false));
    }

    private static Var MeanOf(Var perImage) => Loss.MeanOfBatch(perImage);
}
