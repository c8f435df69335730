using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// SSD's match and label encoding inside the graph: an anchor learns the truth that it overlaps most if their IoU
/// (Jaccard index) reaches the threshold, and every truth gets the anchor that overlaps it most, whatever the IoU;
/// where truths share that anchor the last one has it. Nothing flows back to any input.
/// Liu et al. 2016, section 2.2, https://arxiv.org/abs/1512.02325
/// </summary>
/// <param name="Threshold">Lowest IoU of a match that is not forced, in (0, 1].</param>
public sealed record JaccardMatch(float Threshold = 0.5f)
{
    /// <summary>Anchors whose best IoU is below this are background, those between it and the threshold do not count
    /// (-2); null for no such band. RetinaNet takes 0.4.</summary>
    public float? LowThreshold { get; init; }

    /// <summary>Whether every truth that an anchor overlaps gets its best anchor.</summary>
    public bool ForceBest { get; init; } = true;

    /// <summary>Divides the code of the centre: (g - a) / (variance * size of a).</summary>
    public float CentreVariance { get; init; } = 0.1f;

    /// <summary>Divides the code of the size: log(size of g / size of a) / variance.</summary>
    public float SizeVariance { get; init; } = 0.2f;

    /// <summary>
    /// The targets of a batch: classes Int64 [B, N] and encoded boxes Float32 [B, N, 4], zeros where there is no class.
    /// </summary>
    /// <param name="truths">Float32 [B, G, 4]: x0, y0, x1, y1 of at most G objects an image, in the anchors' unit. Rows
    /// without area or with a negative label fill up and match nothing.</param>
    /// <param name="labels">Int64 [B, G]: class from 0, negative for rows that fill up.</param>
    /// <param name="anchors">Float32 [N, 4]: x0, y0, x1, y1, each with an area.</param>
    /// <exception cref="ArgumentException">An option, shape or type does not fit; the message names it.</exception>
    public DetectionTargets Of(Var truths, Var labels, Var anchors)
    {
        Check(truths, labels, anchors);
        if (labels.Shape[1] == 0)               // a maximum over no truth is not defined: one that matches nothing
            (truths, labels) = (Filled(truths.Graph, truths.Shape.With(1, 1), 0),
                labels.Graph.Constant(Tensor.Of<long>(labels.Shape.With(1, 1), Minus(labels.Shape[0]))));
        var (g, a) = (new BoxSides(Detach(truths)), new BoxSides(Unsqueeze(Detach(anchors), 0)));
        var match = Match(g.Overlaps(a) * Cast(GreaterOrEqual(Unsqueeze(labels, 2), labels.Like(0)), truths.Type));
        var matched = GreaterOrEqual(match, match.Like(0));
        var truth = Max(match, match.Like(0));
        var classes = Where(matched, GatherElements(labels, truth, 1), match);
        Var Chosen(Var side, Var own) => Where(matched, GatherElements(Squeeze(side, 2), truth, 1), Squeeze(own, 2));
        Var Centre(Var side, Var own, Var size) => (Chosen(side, own) - Squeeze(own, 2))
            / Squeeze(size, 2) / CentreVariance;
        Var Size(Var side, Var own) => Log(Chosen(side, own) / Squeeze(own, 2)) / SizeVariance;
        Var[] code = [Centre(g.X, a.X, a.Width), Centre(g.Y, a.Y, a.Height), Size(g.Width, a.Width),
            Size(g.Height, a.Height)];
        return new(classes, Concat([.. code.Select(part => Unsqueeze(part, 2))], 2));
    }

    // The truth of each anchor [B, N], -1 or -2. Of equal truths the first, of equal anchors the first.
    private Var Match(Var iou)
    {
        var (best, first) = (ReduceMax(iou, [1], keep: false), ArgMax(iou, 1, keep: false));
        var below = first.Like(-1);
        if (LowThreshold is { } low)
            below = Where(Less(best, best.Like(low)), below, first.Like(-2));
        var match = Where(GreaterOrEqual(best, best.Like(Threshold)), first, below);
        if (!ForceBest)
            return match;
        var (shape, anchor) = (match.Shape, ArgMax(iou, 2, keep: false));                               // [B, G]
        var number = CumSum(anchor * anchor.Like(0) + anchor.Like(1), 1, exclusive: true);              // 0 to G - 1
        var highest = ReduceMax(iou, [2], keep: false);
        var claims = Where(Greater(highest, highest.Like(0)), number, number.Like(-1));
        var forced = ScatterElements(Cast(Filled(iou.Graph, shape, -1), ElementType.Int64), anchor, claims, 1, "max");
        return Where(GreaterOrEqual(forced, forced.Like(0)), forced, match);
    }

    private static long[] Minus(long count) => [.. Enumerable.Repeat(-1L, (int)count)];

    private void Check(Var truths, Var labels, Var anchors)
    {
        LossArgument.Share(this, Threshold);
        LossArgument.Above(this, 0, strict: true, Threshold);
        if (LowThreshold is { } low)
            LossArgument.Expect(this, low >= 0 && low <= Threshold, nameof(LowThreshold), low,
                FormattableString.Invariant($"a number in [0, {Threshold}]"));
        LossArgument.Above(this, 0, strict: true, CentreVariance);
        LossArgument.Above(this, 0, strict: true, SizeVariance);
        LossArgument.Expect(this, truths.Type == ElementType.Float32 && truths.Shape.Rank == 3 && truths.Shape[2] == 4,
            nameof(truths), truths, "Float32 [B, G, 4]");
        LossArgument.Shaped(this, labels, ElementType.Int64, [truths.Shape[0], truths.Shape[1]]);
        LossArgument.Expect(this, anchors.Type == ElementType.Float32 && anchors.Shape.Rank == 2
            && anchors.Shape[1] == 4 && anchors.Shape[0] > 0, nameof(anchors), anchors, "Float32 [N, 4], N at least 1");
    }
}
