using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Cross-entropy with quality targets q, weighted by q where q &gt; 0 and by a p^g where q = 0, p = sigmoid(x): only
/// the background is focused. Zhang et al. 2021, https://arxiv.org/abs/2008.13367
/// </summary>
/// <param name="Alpha">a, the weight of the background, at least 0.</param>
/// <param name="Gamma">g, at least 0.</param>
[Formula("w (-q log p - (1 - q) log(1 - p)), w = q where q > 0, else a p^g",
    Paper = "https://arxiv.org/abs/2008.13367")]
public sealed record VarifocalLoss(float Alpha = 0.75f, float Gamma = 2f) : Loss
{
    /// <summary>Weigh positives by their quality, else by 1.</summary>
    public bool QualityWeighted { get; init; } = true;

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var (x, q) = (new Logit(prediction), target);
        var positive = Positives(q);
        var weight = (QualityWeighted ? q : positive) + (1f - positive) * Alpha * Pow(x.Probability, Gamma);
        return weight * x.CrossEntropy(q);
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Above(this, 0, strict: false, Alpha);
        LossArgument.Above(this, 0, strict: false, Gamma);
        base.Check(prediction, target);
    }
}
