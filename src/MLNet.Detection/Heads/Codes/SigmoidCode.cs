using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// YOLO's codes with anchors, s = sigmoid(raw): centre = (g s - (g - 1) / 2 + cell) stride with a gain g, size either
/// (2 s)^2 anchor (YOLOv5 and after, g = 2) or e^raw anchor (YOLOv2 and v3, g = 1; v4, g 1.05 to 1.2).
/// https://arxiv.org/abs/1804.02767, https://arxiv.org/abs/2004.10934
/// </summary>
/// <param name="Gain">g.</param>
/// <param name="SquaredSize">Whether the size is (2 s)^2 anchor.</param>
public sealed record SigmoidCode(float Gain = 2f, bool SquaredSize = true) : BoxCode
{
    /// <inheritdoc/>
    public override string Words => FormattableString.Invariant(
        $"centre ({Gain} s - {(Gain - 1) / 2} + cell) stride, size {(SquaredSize ? "(2 s)^2" : "e^raw")} anchor");

    internal override Var Corners(Var raw, PlaceTable places)
    {
        var (centre, size) = Halves(raw);
        var shift = (Op.Sigmoid(centre) - 0.5f) * places.GainsOr(Gain);
        var grown = SquaredSize ? Op.Pow(2f * Op.Sigmoid(size), 2) : Op.Exp(size);
        return Centred(places.Points + shift * places.Strides, grown * places.Sizes);
    }
}
