using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// Centre and size in pixels, the centre from the place's point on, all linear: BlazeFace. Bazarevsky et al. 2019,
/// https://arxiv.org/abs/1907.05047
/// </summary>
public sealed record LinearCode : BoxCode
{
    /// <inheritdoc/>
    public override string Words => "centre point + raw, size raw, in pixels";

    internal override Var Corners(Var raw, PlaceTable places)
    {
        var (centre, size) = Halves(raw);
        return Centred(places.Points + centre, size);
    }
}
