using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Losses;

/// <summary>
/// T^2 KL(sigmoid(t / T) || sigmoid(x / T)) of each element: a student x follows the logits t of a teacher whose classes
/// each have a sigmoid of their own. It is the cross-entropy with the teacher's probability less that probability's own
/// entropy, so that it is 0 where both agree. Hinton et al. 2015, https://arxiv.org/abs/1503.02531
/// </summary>
/// <param name="Temperature">T, above 0; higher ones show more of the teacher's small probabilities.</param>
[Formula("T^2 KL(sigmoid(t / T) || sigmoid(x / T))", Paper = "https://arxiv.org/abs/1503.02531")]
public sealed record BinaryDistillationLoss(float Temperature = 1f) : Loss
{
    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var (student, teacher) = (new Logit(prediction / Temperature), new Logit(target / Temperature));
        var p = teacher.P;
        return (student.CrossEntropy(p) - teacher.CrossEntropy(p)) * (Temperature * Temperature);
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Above(this, 0, strict: true, Temperature);
        base.Check(prediction, target);
    }
}
