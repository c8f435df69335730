using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// Distances from the place's point to the left, top, right and bottom side: FCOS, SCRFD, RTMDet. Tian et al. 2019,
/// https://arxiv.org/abs/1904.01355
/// </summary>
/// <param name="InStrides">Whether the unit is the stride of the level, else a pixel.</param>
public sealed record DistanceCode(bool InStrides = true) : BoxCode
{
    /// <inheritdoc/>
    public override string Words => $"distances to the four sides, in {(InStrides ? "strides" : "pixels")}";

    internal override Var Corners(Var raw, PlaceTable places)
    {
        if (!InStrides)
            return Around(places.Points, raw);
        var strides = places.Strides;
        return Around(places.Points, raw * Op.Concat([strides, strides], 1));
    }
}
