using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// (l + 1 - y)(-log p_l) + (y - l)(-log p_(l+1)), p = softmax(x), l = floor(y): the distance y of a box side as a
/// distribution over 0 to n. Logits [..., n + 1], targets [...] in [0, n]. Li et al. 2020,
/// https://arxiv.org/abs/2006.04388
/// </summary>
[Formula("(l + 1 - y)(-log p_l) + (y - l)(-log p_(l+1)), l = floor(y), p = softmax(x)",
    Paper = "https://arxiv.org/abs/2006.04388")]
public sealed record DistributionFocalLoss : Loss
{
    /// <summary>The expected distance of logits [..., n + 1]: sum i p_i, [...].</summary>
    public static Var Expectation(Var logits)
    {
        float[] places = [.. Enumerable.Range(0, (int)logits.Shape[-1]).Select(i => (float)i)];
        return ReduceSum(Softmax(logits) * logits.Graph.Constant(Tensor.Vector<float>(places)), [-1], keep: false);
    }

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var last = prediction.Shape[-1] - 1;
        var left = Min(Floor(target), target.Like(last - 1));
        var l = Cast(left, ElementType.Int64);
        var ce = new CrossEntropyLoss();
        return (left + 1f - target) * ce.Elements(prediction, l) + (target - left) * ce.Elements(prediction,
            l + l.Like(1));
    }

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        Expect(prediction.Type.IsFloat() && prediction.Shape.Rank > 1 && prediction.Shape[-1] > 1, nameof(prediction),
            prediction, "floats [..., n + 1], n at least 1");
        var expected = new TensorShape([.. prediction.Shape.SkipLast(1)]);
        Expect(target.Type == prediction.Type && target.Shape == expected, nameof(target), target,
            $"{prediction.Type} {expected}");
    }
}
