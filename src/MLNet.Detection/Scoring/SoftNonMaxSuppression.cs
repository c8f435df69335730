using MLNet.Detection.Boxes;

namespace MLNet.Detection.Scoring;

/// <summary>
/// Non-maximum suppression that lowers scores instead of dropping boxes.
/// Bodla et al. 2017, https://arxiv.org/abs/1704.04503
/// </summary>
/// <param name="Method">How scores are lowered.</param>
/// <param name="Sigma">Width of <see cref="SoftSuppression.Gaussian"/>.</param>
/// <param name="IouThreshold">IoU above which the other two methods act.</param>
/// <param name="ScoreThreshold">Lowest score, after lowering, of a box that stays.</param>
public sealed record SoftNonMaxSuppression(
    SoftSuppression Method = SoftSuppression.Gaussian, float Sigma = 0.5f, float IouThreshold = 0.3f,
    float ScoreThreshold = 0.001f) : RescoringSuppression
{
    // Takes the best box, lowers the scores of the others, and so on.
    private protected override IReadOnlyList<(int Index, float Score)> Rescore(
        ReadOnlySpan<Box> boxes, ReadOnlySpan<float> scores)
    {
        var rest = new double[scores.Length];
        for (var i = 0; i < rest.Length; i++)
            rest[i] = scores[i];
        var kept = new List<(int, float)>();
        for (var best = Best(rest); best >= 0 && rest[best] >= ScoreThreshold; best = Best(rest))
        {
            kept.Add((best, (float)rest[best]));
            rest[best] = double.NegativeInfinity;
            for (var i = 0; i < rest.Length; i++)
                if (rest[i] > 0)
                    rest[i] *= Decay(BoxOverlap.IntersectionOverUnion(boxes[best], boxes[i]));
        }
        return kept;
    }

    private double Decay(double iou) => Method switch
    {
        SoftSuppression.Gaussian => Math.Exp(-iou * iou / Sigma),
        SoftSuppression.Linear => iou > IouThreshold ? 1 - iou : 1,
        SoftSuppression.Hard => iou > IouThreshold ? 0 : 1,
        _ => throw new InvalidOperationException($"{Method} is not a method of soft suppression."),
    };

    // -1 when nothing is left
    private static int Best(double[] scores)
    {
        var best = -1;
        for (var i = 0; i < scores.Length; i++)
            if (scores[i] > (best < 0 ? double.NegativeInfinity : scores[best]))
                best = i;
        return best;
    }
}
