using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Cross-entropy of a sigmoid against the centerness sqrt(min(l, r) / max(l, r) * min(t, b) / max(t, b)) of the
/// distances to the sides of the box. Logits [...], targets l, t, r, b [..., 4]. Tian et al. 2019,
/// https://arxiv.org/abs/1904.01355
/// </summary>
[Formula("cross-entropy of sigmoid(x) and sqrt(min(l, r) / max(l, r) * min(t, b) / max(t, b))",
    Paper = "https://arxiv.org/abs/1904.01355")]
public sealed record CenternessLoss : Loss
{
    /// <summary>The centerness of distances l, t, r, b [..., 4]; 0 outside of the box.</summary>
    public static Var Centerness(Var distances)
    {
        Var[] side = [.. Split(distances, -1, 1, 1, 1, 1).Select(part => Squeeze(part, -1))];
        return Sqrt(Ratio(side[0], side[2]) * Ratio(side[1], side[3]));
    }

    private static Var Ratio(Var a, Var b) => Relu(Min(a, b)) / Max(Max(a, b), a.Like(1e-7));

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target) =>
        new Logit(prediction).CrossEntropy(Centerness(target));

    /// <inheritdoc/>
    protected override Var Positives(Var target) => base.Positives(Centerness(target));

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        var expected = new TensorShape([.. prediction.Shape, 4]);
        Expect(prediction.Type.IsFloat(), nameof(prediction), prediction, "floats");
        Expect(target.Type == prediction.Type && target.Shape == expected, nameof(target), target,
            $"{prediction.Type} {expected}");
    }
}
