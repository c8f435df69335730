using MLNet.Detection.Boxes;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace MLNet.Detection.Heads;

/// <summary>Scores and boxes in the model itself: what <see cref="BoxCoder.Decode(BoxDelta, Box)"/>.</summary>
internal sealed record DecodingTail(Box[] Anchors, BoxCoder Coder)
{
    /// <summary>Declares the outputs <c>scores</c> [B, N, C] and <c>boxes</c> [B, N, 4].</summary>
    public void Append(Var logits, Var deltas)
    {
        deltas.Graph.Output("scores", Sigmoid(logits));
        deltas.Graph.Output("boxes", Boxes(deltas));
    }

    /// <summary>Corners [B, N, 4] from deltas [B, N, 4].</summary>
    public Var Boxes(Var deltas)
    {
        var graph = deltas.Graph;
        var centers = Pairs(graph, "anchors.center", a => [a.CenterX, a.CenterY]);
        var sizes = Pairs(graph, "anchors.size", a => [a.Width, a.Height]);
        var (shift, log) = (Slice(deltas, 2, 0, 2) / Weights(graph, Coder.WeightX, Coder.WeightY),
            Slice(deltas, 2, 2, 4) / Weights(graph, Coder.WeightWidth, Coder.WeightHeight));
        var center = shift * sizes + centers;
        var half = Exp(Coder.MaxLogScale is { } limit ? Min(log, log.Like(limit)) : log) * sizes * 0.5f;
        return Concat([center - half, center + half], 2);
    }

    private Var Pairs(Graph graph, string name, Func<Box, float[]> pair) =>
        graph.Constant(name, Tensor.Of<float>(new(1, Anchors.Length, 2), Anchors.SelectMany(pair).ToArray()));

    private static Var Weights(Graph graph, float first, float second) => graph.Constant(Tensor.Vector(first, second));
}
