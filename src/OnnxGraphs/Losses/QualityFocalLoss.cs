using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// |y - p|^b (-y log p - (1 - y) log(1 - p)), p = sigmoid(x): focal loss for targets y in [0, 1] that hold the quality
/// (IoU) of the box at its class and 0 elsewhere. Li et al. 2020, https://arxiv.org/abs/2006.04388
/// </summary>
/// <param name="Beta">Exponent b, at least 0.</param>
[Formula("|y - p|^b (-y log p - (1 - y) log(1 - p)), p = sigmoid(x)", Paper = "https://arxiv.org/abs/2006.04388")]
public sealed record QualityFocalLoss(float Beta = 2f) : Loss
{
    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var x = new Logit(prediction);
        return Pow(Abs(target - x.Probability), Beta) * x.CrossEntropy(target);
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Above(this, 0, strict: false, Beta);
        base.Check(prediction, target);
    }
}
