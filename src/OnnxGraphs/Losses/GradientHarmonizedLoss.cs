using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Cross-entropy of sigmoids, harmonised (GHM-C): elements are counted in bins of their gradient's length |p - t|, and
/// every bin that is not empty weighs the same. Li et al. 2019, https://arxiv.org/abs/1811.05181
/// </summary>
/// <param name="Bins">Number of bins over [0, 1].</param>
[Formula("sum of cross-entropy / (elements of the same bin of |p - t| * filled bins)",
    Paper = "https://arxiv.org/abs/1811.05181")]
public sealed record GradientHarmonizedLoss(int Bins = 10) : Loss
{
    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target) => new Logit(prediction).CrossEntropy(target);

    /// <inheritdoc/>
    protected override Var Reduce(Var prediction, Var target, LossInputs inputs)
    {
        var elements = new WeightedElements(this, Formula(prediction, target), inputs);
        var length = Abs(Sigmoid(Detach(prediction)) - target);
        var bin = Min(Floor(length * (float)Bins), length.Like(Bins - 1));
        var (weights, filled) = (new List<Var>(), new List<Var>());
        for (var i = 0; i < Bins; i++)
        {
            var inside = Cast(Equal(bin, bin.Like(i)), prediction.Type);
            var count = BatchSum(elements.SumsKept(inside));
            weights.Add(inside / AtLeastOne(count));
            filled.Add(Min(count, count.Like(1)));
        }
        var share = Detach(weights.Aggregate((a, b) => a + b) / AtLeastOne(filled.Aggregate((a, b) => a + b)));
        return SumAll(elements.Values * share);
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        Expect(Bins > 0, nameof(Bins), Bins, "at least 1");
        Expect(Normalizer == Normalizer.Mean && Reduction == Reduction.Batch, nameof(Reduction),
            $"{Normalizer}, {Reduction}",
            "Mean, Batch: the weights make it a mean");
        base.Check(prediction, target);
    }
}
