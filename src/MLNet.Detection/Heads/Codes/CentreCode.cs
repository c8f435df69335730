using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// Size and shift of the centre from the place's point, both in strides: CenterNet. Zhou et al. 2019,
/// https://arxiv.org/abs/1904.07850
/// </summary>
/// <param name="Logarithm">Whether the size is e^raw strides, as in CenterFace.</param>
/// <param name="HeightFirst">Whether height stands before width, and the shift down before that to the right.</param>
public sealed record CentreCode(bool Logarithm = false, bool HeightFirst = false) : BoxCode
{
    /// <inheritdoc/>
    public override string Words => $"size {(Logarithm ? "e^raw" : "raw")} and shift of the centre, in strides"
        + (HeightFirst ? ", heights first" : "");

    internal override Var Corners(Var raw, PlaceTable places)
    {
        var (size, shift) = Halves(raw);
        if (HeightFirst)
            (size, shift) = (Turned(size), Turned(shift));
        return Centred(places.Points + shift * places.Strides, (Logarithm ? Op.Exp(size) : size) * places.Strides);
    }

    private static Var Turned(Var pair) => Op.Concat([Op.Slice(pair, 2, 1, 2), Op.Slice(pair, 2, 0, 1)], 2);
}
