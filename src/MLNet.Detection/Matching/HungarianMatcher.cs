using MLNet.Detection.Boxes;
using OnnxGraphs.Losses;

namespace MLNet.Detection.Matching;

/// <summary>
/// DETR's matching: every truth is learnt by one query of its own, such that the sum of the costs
/// -a p[class] + b |box distance| - c GIoU is the least; the other queries are background. The same assignment as
/// <see cref="DetrMatching"/>'s, which the loss uses, for boxes by their corners.
/// Carion et al. 2020, https://arxiv.org/abs/2005.12872
/// </summary>
/// <param name="ClassCost">a.</param>
/// <param name="L1Cost">b.</param>
/// <param name="IouCost">c.</param>
public sealed record HungarianMatcher(double ClassCost = 1, double L1Cost = 5, double IouCost = 2)
{
    /// <summary>Whether each class has a sigmoid of its own and there is no channel for "no object"; the cost of a class is
    /// then by focal loss, see <see cref="DetrMatching.Sigmoid"/>.</summary>
    public bool Sigmoid { get; init; }

    /// <summary>Matches the truths of one picture.</summary>
    /// <param name="truths">The true boxes as parts of the picture; of more than queries, those of least cost are
    /// matched.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="predicted">Q predicted boxes as parts of the picture.</param>
    /// <param name="logits">[Q, C + 1], the last channel for no object; with <see cref="Sigmoid"/> [Q, C].</param>
    /// <returns>Per query the index of its truth or <see cref="Matcher.Background"/>.</returns>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    public int[] Match(
        ReadOnlySpan<Box> truths, ReadOnlySpan<int> labels, ReadOnlySpan<Box> predicted, ReadOnlySpan<float> logits)
    {
        var classes = new long[labels.Length];
        for (var i = 0; i < classes.Length; i++)
            classes[i] = labels[i];
        return new DetrMatching(ClassCost, L1Cost, IouCost) { Sigmoid = Sigmoid }
            .Match(logits, CentersAndSizes(predicted), classes, CentersAndSizes(truths));
    }

    private static float[] CentersAndSizes(ReadOnlySpan<Box> boxes)
    {
        var numbers = new float[4 * boxes.Length];
        for (var i = 0; i < boxes.Length; i++)
            (numbers[4 * i], numbers[4 * i + 1], numbers[4 * i + 2], numbers[4 * i + 3]) = boxes[i].ToCxcywh();
        return numbers;
    }
}
