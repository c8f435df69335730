using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// Centre = (tanh(raw) + column, tanh(raw) + row) stride, size = sigmoid(raw) times the picture: FastestDet.
/// https://github.com/dog-qiuqiu/FastestDet
/// </summary>
public sealed record TanhCode : BoxCode
{
    /// <inheritdoc/>
    public override string Words => "centre (tanh(raw) + cell) stride, size sigmoid(raw) picture";

    // Points lie in the middle of cells.
    internal override Var Corners(Var raw, PlaceTable places)
    {
        var (centre, size) = Halves(raw);
        return Centred(places.Points + (Op.Tanh(centre) - 0.5f) * places.Strides, Op.Sigmoid(size) * places.Frame);
    }
}
