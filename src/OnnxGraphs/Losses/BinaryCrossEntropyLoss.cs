using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Losses;

/// <summary>
/// Cross-entropy of one sigmoid an element: -b t log p - (1 - t) log(1 - p), p = sigmoid(x), targets t in [0, 1].
/// b = 1 is the plain form; b &gt; 1 punishes missed positives, b &lt; 1 false ones (weighted cross-entropy).
/// </summary>
/// <param name="PositiveWeight">Factor b of the positives, also called pos_weight or beta; at least 0.</param>
[Formula("-b t log p - (1 - t) log(1 - p), p = sigmoid(x)")]
public sealed record BinaryCrossEntropyLoss(float PositiveWeight = 1f) : Loss
{
    /// <summary>Predictions are probabilities, not logits; they are limited to [1e-7, 1 - 1e-7].</summary>
    public bool FromProbabilities { get; init; }

    /// <summary>Targets become t (1 - e) + e / 2.</summary>
    public float LabelSmoothing { get; init; }

    /// <inheritdoc/>
    protected override Var Formula(Var prediction, Var target)
    {
        var t = LabelSmoothing == 0 ? target : target * (1 - LabelSmoothing) + LabelSmoothing / 2;
        return PositiveWeight == 1 && !FromProbabilities ? new Logit(prediction).CrossEntropy(t)
            : Weighted(prediction, t, t.Like(PositiveWeight), t.Like(1), FromProbabilities);
    }

    /// <summary>-a t log p - b (1 - t) log(1 - p), from logits or probabilities.</summary>
    internal static Var Weighted(Var prediction, Var t, Var a, Var b, bool fromProbabilities) => fromProbabilities
        ? -a * t * Log(Guarded(prediction)) - b * (1f - t) * Log(Guarded(1f - prediction))
        : new Logit(prediction).WeightedCrossEntropy(t, a, b);

    private static Var Guarded(Var p) => Clip(p, 1e-7f, 1 - 1e-7f);

    /// <inheritdoc/>
    protected override void Check(Var prediction, Var target)
    {
        LossArgument.Above(this, 0, strict: false, PositiveWeight);
        LossArgument.Share(this, LabelSmoothing);
        base.Check(prediction, target);
    }
}
