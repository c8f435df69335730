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
        // Two cheap passes for Sign, which costs four times as much; only subnormal differences get less than 1.
        return Op.WithGradient(StagedSum.Of("ReduceL1", d), (prediction, Op.Clip(d * 3e38f, -1, 1)));
    }
}
