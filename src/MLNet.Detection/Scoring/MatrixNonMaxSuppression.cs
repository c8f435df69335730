using MLNet.Detection.Boxes;

namespace MLNet.Detection.Scoring;

/// <summary>
/// Suppression in one step, without a loop over kept boxes: a box's score is multiplied by the least over all better
/// boxes i of f(IoU with i) / f(i's own greatest IoU with a box better still), f(u) = 1 - u or exp(-sigma u^2). A
/// better box that is suppressed itself thus counts less. Wang et al. 2020 (SOLOv2), section 3.3,
/// https://arxiv.org/abs/2003.10152
/// </summary>
/// <param name="Method">f: <see cref="SoftSuppression.Gaussian"/> or <see cref="SoftSuppression.Linear"/>.</param>
/// <param name="Sigma">sigma.</param>
/// <param name="ScoreThreshold">Lowest score, after lowering, of a box that stays.</param>
public sealed record MatrixNonMaxSuppression(
    SoftSuppression Method = SoftSuppression.Gaussian, float Sigma = 2f, float ScoreThreshold = 0.05f)
    : RescoringSuppression
{
    /// <summary>f: <see cref="SoftSuppression.Gaussian"/> or <see cref="SoftSuppression.Linear"/>.</summary>
    public SoftSuppression Method { get; } = Method is SoftSuppression.Gaussian or SoftSuppression.Linear ? Method
        : throw new ArgumentOutOfRangeException(nameof(Method), Method, "Expected Gaussian or Linear.");

    private protected override IReadOnlyList<(int Index, float Score)> Rescore(
        ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores)
    {
        var order = NonMaxSuppression.ByFallingScore(scores);
        var (greatest, lowered) = (new double[order.Length], new float[order.Length]);
        for (var j = 0; j < order.Length; j++)
        {
            var decay = 1.0;
            for (var i = 0; i < j; i++)
            {
                double iou = BoxOverlap.IntersectionOverUnion(boxes[order[i]], boxes[order[j]]);
                greatest[j] = Math.Max(greatest[j], iou);
                // A copy of a better box has f = 0 and tells nothing that the better one does not.
                if (F(greatest[i]) is var own and > 0)
                    decay = Math.Min(decay, F(iou) / own);
            }
            lowered[j] = (float)(scores[order[j]] * decay);
        }
        return [.. NonMaxSuppression.ByFallingScore(lowered).Where(j => lowered[j] >= ScoreThreshold)
            .Select(j => (order[j], lowered[j]))];
    }

    private double F(double iou) => Method == SoftSuppression.Linear ? 1 - iou : Math.Exp(-Sigma * iou * iou);
}
