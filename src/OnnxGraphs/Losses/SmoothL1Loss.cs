using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Smooth L1 of d = prediction - target: d^2 / (2 beta) where |d| &lt; beta, else |d| - beta / 2; other scales by
/// <see cref="Form"/>. Girshick 2015, https://arxiv.org/abs/1504.08083
/// </summary>
/// <param name="Beta">
/// Where square turns into linear (also called delta), above 0. For plain |d| see <see cref="L1Loss"/>.
/// </param>
[Formula("d^2 / (2 beta) where |d| < beta, else |d| - beta / 2", Paper = "https://arxiv.org/abs/1504.08083")]
public sealed record SmoothL1Loss(float Beta = 1f) : Loss
{
    /// <summary>Scale of the two pieces.</summary>
    public SmoothL1Form Form { get; init; } = SmoothL1Form.SmoothL1;

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var d = prediction - target;
        if (Form == SmoothL1Form.Literal)
        {
            var near = Less(Abs(d), d.Like(Beta));
            return WithGradient(Where(near, 0.5f * d * d, Abs(d) - 0.5f), (prediction, Where(near, d, Sign(d))));
        }
        // c = d limited to [-beta, beta] is the derivative of c (d - c/2) = d^2/2 or beta (|d| - beta/2).
        var c = Clip(d, -Beta, Beta);
        var slope = Form == SmoothL1Form.Huber ? c : c / Beta;
        return WithGradient(slope * (d - 0.5f * c), (prediction, slope));
    }

    // The sum of c (d - c/2) is that of c d less half that of c^2: two passes over memory less than by elements.
    /// <inheritdoc/>
    protected override Var? Sum(Var prediction, Var target)
    {
        if (Form == SmoothL1Form.Literal)
            return null;
        var d = prediction - target;
        var c = Clip(d, -Beta, Beta);
        var sum = StagedSum.Of("ReduceSum", c * d) - 0.5f * StagedSum.Of("ReduceSumSquare", c);
        return WithGradient(sum, (prediction, c)) / (Form == SmoothL1Form.Huber ? 1 : Beta);
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Above(this, 0, strict: true, Beta);
        base.Check(prediction, target);
    }
}
