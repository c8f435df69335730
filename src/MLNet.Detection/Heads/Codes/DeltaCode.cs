using MLNet.Detection.Boxes;
using OnnxGraphs.Graphs;

namespace MLNet.Detection.Heads;

/// <summary>
/// Deltas of anchors: centre = anchor's centre + d size / w, size = e^(d / w) size, with a weight w for each number: SSD,
/// RetinaNet, RetinaFace. Ren et al. 2015, https://arxiv.org/abs/1506.01497
/// </summary>
/// <param name="Coder">The weights.</param>
public sealed record DeltaCode(BoxCoder Coder) : BoxCode
{
    /// <inheritdoc/>
    public override string Words => FormattableString.Invariant(
        $"deltas of anchors, variances {1 / Coder.WeightX:g3}, {1 / Coder.WeightY:g3}, {1 / Coder.WeightWidth:g3}, {1 / Coder.WeightHeight:g3}");

    internal override Var Corners(Var raw, PlaceTable places) => new DecodingTail([.. places.Anchors], Coder).Boxes(raw);
}
