using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Online hard example mining: the mean of the largest elements of another loss over the batch. Ignored elements count
/// 0.
/// Shrivastava et al. 2016, https://arxiv.org/abs/1604.03540
/// </summary>
/// <param name="Plain">The loss of each element.</param>
/// <param name="Share">The share of elements kept, in (0, 1]; at least one is.</param>
[Formula("mean of the largest elements of another loss", Paper = "https://arxiv.org/abs/1604.03540")]
public sealed record HardestLoss(Loss Plain, float Share = 0.25f) : Loss
{
    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target) => Plain.Elements(prediction, target);

    /// <inheritdoc/>
    protected override Var Reduce(Var prediction, Var target, LossInputs inputs)
    {
        var elements = Reshape(new WeightedElements(this, Formula(prediction, target), inputs).Values, [-1]);
        var k = (long)Math.Max(1, Math.Round(Share * elements.Shape.Size));
        return elements.Shape.Size == 0 ? SumAll(elements) : SumAll(TopK(elements, k, sorted: false).Values) / k;
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        RefuseParts(prediction, "take FocalLoss");
        Expect(Share is > 0 and <= 1, nameof(Share), Share, "a number in (0, 1]");
        Expect(Normalizer == Normalizer.Mean && Reduction == Reduction.Batch, nameof(Reduction),
            $"{Normalizer}, {Reduction}",
            "Mean, Batch: the mean over the elements kept");
    }
}
