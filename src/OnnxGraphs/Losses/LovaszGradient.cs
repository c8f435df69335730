using OnnxGraphs.Graphs;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Weights of errors in the Lovasz extension of the Jaccard loss, Berman et al. 2018, https://arxiv.org/abs/1705.08790,
/// algorithm 1. The loss is the dot product of errors and weights; the weights are constants for the gradient.
/// </summary>
internal static class LovaszGradient
{
    /// <summary>Errors and truth (0 or 1) [R, P]: the weight of each error, in its place.</summary>
    public static Var Of(Var errors, Var truth)
    {
        var (_, order) = TopK(Detach(errors), errors.Shape[1], 1);
        var sorted = GatherElements(Detach(truth), order, 1);
        var positives = ReduceSum(sorted, [1]);
        var intersection = positives - CumSum(sorted, 1);
        var union = positives + CumSum(1f - sorted, 1);
        var jaccard = 1f - intersection / union;              // union >= 1: it counts the first error at least
        var before = Pad(Slice(jaccard, 1, 0, errors.Shape[1] - 1), 0, 1, 0, 0);
        return Detach(ScatterElements(jaccard * 0f, order, jaccard - before, 1));
    }
}
