using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>|prediction - target|; the derivative at 0 is 0.</summary>
[Formula("|x - t|")]
public sealed record L1Loss : Loss
{
    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target) => Op.Abs(prediction - target);

    /// <inheritdoc/>
    protected override Var Sum(Var prediction, Var target)
    {
        var d = prediction - target;
        return Op.WithGradient(StagedSum.Of("ReduceL1", d), (prediction, Op.Sign(d)));
    }
}
