using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// Centre = (raw + column, raw + row) stride, size = e^raw stride: YOLOX, YuNet. Ge et al. 2021,
/// https://arxiv.org/abs/2107.08430
/// </summary>
public sealed record GridCode : BoxCode
{
    /// <inheritdoc/>
    public override string Words => "centre (raw + cell) stride, size e^raw stride";

    // Points lie in the middle of cells.
    internal override Var Corners(Var raw, PlaceTable places)
    {
        var (centre, size) = Halves(raw);
        var strides = places.Strides;
        return Centred(places.Points + (centre - 0.5f) * strides, Op.Exp(size) * strides);
    }
}
