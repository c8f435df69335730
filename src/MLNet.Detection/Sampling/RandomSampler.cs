using MLNet.Detection.Matching;

namespace MLNet.Detection.Sampling;

/// <summary>
/// A fixed number of anchors, positives up to a part of them, background for the rest, all at random. Where positives
/// are rare background takes their places; where background is rare the sample stays smaller. Faster R-CNN samples
/// proposals and anchors like this. Ren et al. 2015, https://arxiv.org/abs/1506.01497; torchvision's
/// BalancedPositiveNegativeSampler has the same rule.
/// </summary>
/// <param name="Count">Anchors of a picture that are kept.</param>
/// <param name="PositiveFraction">The most of them that may be positive, in [0, 1].</param>
public sealed record RandomSampler(int Count = 256, double PositiveFraction = 0.5) : AnchorSampler
{
    /// <inheritdoc/>
    public override bool NeedsLosses => false;

    private protected override void Choose(Span<int> matches, ReadOnlySpan<float> losses, Random random)
    {
        if (Count < 0 || PositiveFraction is not (>= 0 and <= 1))
            throw new ArgumentException(
                $"{nameof(Count)} is {Count} and {nameof(PositiveFraction)} {PositiveFraction}; expected at least 0, "
                + "and 0 to 1.");
        var (positives, negatives) = (Places(matches, positive: true), Places(matches, positive: false));
        var wanted = Math.Min((int)(Count * PositiveFraction), positives.Length);
        IgnoreAllBut(wanted, positives, matches, random);
        IgnoreAllBut(Math.Min(Count - wanted, negatives.Length), negatives, matches, random);
    }

    private static void IgnoreAllBut(int kept, int[] places, Span<int> matches, Random random)
    {
        random.Shuffle(places);
        foreach (var place in places.AsSpan(kept))
            matches[place] = Matcher.Ignored;
    }
}
