using System.Numerics;

namespace MLNet.Detection.Boxes;

/// <summary>
/// Writes each distance of a point to the sides of a box as a distribution over the bins 0, 1, ..., n, in units of the
/// stride: a distance between two bins is shared by both, and the expected bin is the distance. Li et al. 2020,
/// generalized focal loss, https://arxiv.org/abs/2006.04388; YOLOv8 has n = 15.
/// </summary>
/// <param name="LastBin">n, at least 1.</param>
public sealed record DistributionCoder(int LastBin = 15)
{
    /// <summary>How far below the last bin targets are cut off, so that the bin above always exists.</summary>
    private const float Margin = 0.01f;

    /// <summary>n, at least 1.</summary>
    public int LastBin { get; } = LastBin > 0 ? LastBin
        : throw new ArgumentOutOfRangeException(nameof(LastBin), LastBin, "There are at least two bins, 0 and 1.");

    /// <summary>Numbers that a head predicts for each of the four sides: n + 1.</summary>
    public int Bins => LastBin + 1;

    /// <summary>The targets of left, top, right and bottom side, in strides, limited to what the bins can say. A target
    /// t is learnt by bin floor(t) with weight 1 - (t - floor(t)) and by the next one with the rest.</summary>
    /// <param name="truth">The box.</param>
    /// <param name="point">The point that learns it.</param>
    /// <param name="stride">Pixels of the feature level's stride.</param>
    public (float Left, float Top, float Right, float Bottom) Encode(Box truth, Vector2 point, float stride) =>
        (Limit((point.X - truth.X0) / stride), Limit((point.Y - truth.Y0) / stride),
            Limit((truth.X1 - point.X) / stride), Limit((truth.Y1 - point.Y) / stride));

    /// <summary>The box whose sides have the expected distances.</summary>
    /// <param name="logits">[4, n + 1]: left, top, right, bottom.</param>
    /// <param name="point">The point that predicts.</param>
    /// <param name="stride">Pixels of the feature level's stride.</param>
    /// <exception cref="ArgumentException">There are not 4 (n + 1) logits.</exception>
    public Box Decode(ReadOnlySpan<float> logits, Vector2 point, float stride)
    {
        if (logits.Length != 4 * Bins)
            throw new ArgumentException($"{logits.Length} logits; four sides of {Bins} bins need {4 * Bins}.");
        return new(
            point.X - stride * Expectation(logits[..Bins]), point.Y - stride * Expectation(logits[Bins..(2 * Bins)]),
            point.X + stride * Expectation(logits[(2 * Bins)..(3 * Bins)]),
            point.Y + stride * Expectation(logits[(3 * Bins)..]));
    }

    private float Limit(float distance) => Math.Clamp(distance, 0f, LastBin - Margin);

    // sum i softmax(x)_i
    private static float Expectation(ReadOnlySpan<float> logits)
    {
        var max = float.NegativeInfinity;
        foreach (var x in logits)
            max = MathF.Max(max, x);
        var (sum, weighted) = (0f, 0f);
        for (var i = 0; i < logits.Length; i++)
        {
            var e = MathF.Exp(logits[i] - max);
            sum += e;
            weighted += i * e;
        }
        return weighted / sum;
    }
}
