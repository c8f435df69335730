namespace MLNet.Detection.Sampling;

/// <summary>
/// All positives, and for each of them the background anchors of the greatest loss; equal losses by lowest index. SSD
/// trains like this. Liu et al. 2016, section 2.2, https://arxiv.org/abs/1512.02325
/// </summary>
/// <param name="NegativeRatio">Background anchors for each positive of the picture.</param>
/// <param name="LeastNegatives">Background anchors of a picture at least, also of one without positives.</param>
public sealed record HardNegativeSampler(float NegativeRatio = 3f, int LeastNegatives = 0) : AnchorSampler
{
    /// <inheritdoc/>
    public override bool NeedsLosses => true;

    private protected override void Choose(Span<int> matches, ReadOnlySpan<float> losses, Random random)
    {
        if (!(NegativeRatio >= 0) || LeastNegatives < 0)
            throw new ArgumentException(
                $"{nameof(NegativeRatio)} is {NegativeRatio} and {nameof(LeastNegatives)} {LeastNegatives}; "
                + "expected at least 0.");
        var positives = Places(matches, positive: true).Length;
        var wanted = Math.Max((int)Math.Min(NegativeRatio * positives, matches.Length), LeastNegatives);
        IgnoreAllButHardest(matches, Places(matches, positive: false), losses, wanted);
    }
}
