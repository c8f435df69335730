using MLNet.Detection.Boxes;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>
/// The loss of a two-stage detector: of the sampled anchors (<see cref="RpnLoss"/>) and of the sampled regions
/// (<see cref="FastRcnnLoss"/>).
/// </summary>
public sealed record TwoStageLoss
{
    /// <summary>Loss of the classes of regions, background 0: <see cref="CrossEntropyLoss"/>, or
    /// <see cref="SoftmaxFocalLoss"/>. Its mean is over the sampled regions of the batch.</summary>
    public Loss Classification { get; init; } = new CrossEntropyLoss();

    /// <summary>Loss of the boxes of regions: of their deltas, or an <see cref="IouLoss"/> of the boxes
    /// themselves.</summary>
    public Loss Box { get; init; } = new SmoothL1Loss(1f / 9);

    /// <summary>Loss of the deltas of anchors.</summary>
    public Loss ProposalBox { get; init; } = new SmoothL1Loss(1f / 9);

    /// <summary>In a word a part, to compare on resume.</summary>
    internal string Name => $"{Classification}, {Box}, {ProposalBox}";

    /// <summary>The terms of both stages.</summary>
    /// <param name="objectness">[T, 1].</param>
    /// <param name="deltas">[T, 4].</param>
    /// <param name="anchors">Int64 [T]: 1 for objects, 0 for background, less for anchors that were not
    /// sampled.</param>
    /// <param name="anchorBoxes">[T, 4]: the deltas wanted.</param>
    internal IReadOnlyDictionary<string, Var> Proposals(Var objectness, Var deltas, Var anchors, Var anchorBoxes)
    {
        var terms = new RpnLoss { Box = ProposalBox }.Terms(objectness, deltas, anchorBoxes, anchors);
        return new Dictionary<string, Var> { ["objectness"] = terms["objectness"], ["proposal box"] = terms["box"] };
    }

    /// <summary>The terms of the second stage.</summary>
    /// <param name="logits">[R, C], background 0.</param>
    /// <param name="deltas">[R, 4 C].</param>
    /// <param name="labels">Int64 [R]: 0 for background, less for regions that do not count.</param>
    /// <param name="targets">[R, 4]: the deltas wanted.</param>
    /// <param name="regions">[R, 4]: the regions.</param>
    /// <param name="coder">The code of the deltas.</param>
    internal IReadOnlyDictionary<string, Var> Regions(
        Var logits, Var deltas, Var labels, Var targets, Func<Var> regions, BoxCoder coder)
    {
        var loss = new FastRcnnLoss { Classification = Classification, Box = Box };
        if (Box is not IouLoss)
            return loss.Terms(logits, deltas, labels, targets);
        var places = regions();
        return loss.Terms(logits, deltas, labels, Decoded(targets, places, coder), delta => Decoded(delta, places, coder));
    }

    // Corners [R, 4] of deltas [R, 4] from regions [R, 4].
    private static Var Decoded(Var deltas, Var regions, BoxCoder coder)
    {
        var (from, to) = (Op.Slice(regions, 1, 0, 2), Op.Slice(regions, 1, 2, 4));
        var size = Op.Max(to - from, from.Like(1e-3));
        var shift = Op.Slice(deltas, 1, 0, 2) / Weights(deltas.Graph, coder.WeightX, coder.WeightY);
        var log = Op.Slice(deltas, 1, 2, 4) / Weights(deltas.Graph, coder.WeightWidth, coder.WeightHeight);
        var centre = shift * size + from + size * 0.5f;
        var half = Op.Exp(coder.MaxLogScale is { } limit ? Op.Min(log, log.Like(limit)) : log) * size * 0.5f;
        return Op.Concat([centre - half, centre + half], 1);
    }

    private static Var Weights(Graph graph, float first, float second) => graph.Constant(Tensor.Vector(first, second));
}
