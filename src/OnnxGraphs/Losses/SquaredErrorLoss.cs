using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>(prediction - target)^2: with the default normaliser the mean squared error (L2 loss).</summary>
[Formula("(x - t)^2")]
public sealed record SquaredErrorLoss : Loss
{
    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target) => Op.Pow(prediction - target, 2);

    /// <inheritdoc/>
    protected override Var Sum(Var prediction, Var target)
    {
        var d = prediction - target;
        return 2f * Op.WithGradient(0.5f * StagedSum.Of("ReduceSumSquare", d), (prediction, d));
    }
}
