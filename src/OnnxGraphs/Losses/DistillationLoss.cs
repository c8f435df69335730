using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// T^2 KL(softmax(t / T) || softmax(x / T)) over the last axis: a student x follows the logits t of a teacher. One
/// number a row. For features, <see cref="SquaredErrorLoss"/> does it. Hinton et al. 2015,
/// https://arxiv.org/abs/1503.02531
/// </summary>
/// <param name="Temperature">T, above 0; higher ones show more of the teacher's small probabilities.</param>
[Formula("T^2 KL(softmax(t / T) || softmax(x / T))", Paper = "https://arxiv.org/abs/1503.02531")]
public sealed record DistillationLoss(float Temperature = 1f) : Loss
{
    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var (student, teacher) = (LogSoftmax(prediction / Temperature), LogSoftmax(target / Temperature));
        return ReduceSum(Exp(teacher) * (teacher - student), [-1], keep: false) * (Temperature * Temperature);
    }

    /// <summary>All rows count as positive.</summary>
    protected override Var Positives(Var target) => Filled(target.Graph, new([.. target.Shape.SkipLast(1)]), 1);

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Above(this, 0, strict: true, Temperature);
        Expect(prediction.Shape.Rank > 0 && prediction.Shape[-1] > 0, nameof(prediction), prediction,
            "logits [..., C]");
        base.Check(prediction, target);
    }
}
