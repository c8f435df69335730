using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// For each of the four sides the logits of a distribution over distances 0, 1, ... strides, whose mean is the distance:
/// YOLOv8, NanoDet, PicoDet. Li et al. 2020, https://arxiv.org/abs/2006.04388
/// </summary>
/// <param name="Bins">Distances that a side may have.</param>
public sealed record DistributionCode(int Bins) : BoxCode
{
    /// <inheritdoc/>
    public override int Columns => 4 * Bins;

    /// <inheritdoc/>
    public override string Words => $"a distribution over {Bins} distances, in strides, for each side";

    internal override Var Corners(Var raw, PlaceTable places)
    {
        var strides = places.Strides;
        return Around(places.Points, DistributionFocalLoss.Expectation(Sides(raw)) * Op.Concat([strides, strides], 1));
    }

    /// <summary>[B, N, 4 bins] as [B, N, 4, bins].</summary>
    internal Var Sides(Var raw) => Op.Reshape(raw, raw.Shape[0], raw.Shape[1], 4, Bins);
}
