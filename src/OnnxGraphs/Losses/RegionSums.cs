using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>Sums over the pixels of each region: p predicted probabilities, t targets. Vectors, one entry a
/// region.</summary>
/// <param name="Overlap">sum p t: true positives.</param>
/// <param name="Predicted">sum p.</param>
/// <param name="PredictedSquares">sum p^2.</param>
/// <param name="True">sum t.</param>
public sealed record RegionSums(Var Overlap, Var Predicted, Var PredictedSquares, Var True)
{
    /// <summary>sum p (1 - t).</summary>
    public Var FalsePositives => Predicted - Overlap;

    /// <summary>sum (1 - p) t.</summary>
    public Var FalseNegatives => True - Overlap;
}
