using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Weights of errors in the Lovasz extension of the Jaccard loss, Berman et al. 2018, https://arxiv.org/abs/1705.08790,
/// algorithm 1. The loss is the dot product of errors and weights; the weights are constants for the gradient.
/// </summary>
internal static class LovaszGradient
{
    /// <summary>
    /// Errors and truth (0 or 1) [R, P]: the weight of each error, in its place. Only errors above 0 get one, as the
    /// losses take max(0, error): no more than those are sorted.
    /// </summary>
    public static Var Of(Var errors, Var truth)
    {
        errors = Detach(errors);
        var above = ReduceMax(ReduceSum(Cast(Greater(errors, errors.Like(0)), errors.Type), [1]), [0, 1], keep: false);
        var k = Reshape(Max(Cast(above, ElementType.Int64), above.Graph.Constant(1L)), [1]);
        var (_, order) = TopKAtMost(errors, k, 1);
        var sorted = GatherElements(Detach(truth), order, 1);
        var positives = ReduceSum(Detach(truth), [1]);
        var intersection = positives - CumSum(sorted, 1);
        var union = positives + CumSum(1f - sorted, 1);
        var jaccard = 1f - intersection / union;              // union >= 1: it counts the first error at least
        var before = Pad(Slice(jaccard, 1, 0, -1), 0, 1, 0, 0);
        return Detach(ScatterElements(Filled(errors.Graph, errors.Shape, 0), order, jaccard - before, 1));
    }
}
