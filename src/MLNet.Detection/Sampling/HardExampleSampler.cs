namespace MLNet.Detection.Sampling;

/// <summary>
/// The anchors of the greatest loss, positive or not; equal losses by lowest index. Online hard example mining,
/// Shrivastava et al. 2016, https://arxiv.org/abs/1604.03540
/// </summary>
/// <param name="Count">Anchors of a picture that are kept.</param>
public sealed record HardExampleSampler(int Count = 128) : AnchorSampler
{
    /// <inheritdoc/>
    public override bool NeedsLosses => true;

    private protected override void Choose(Span<int> matches, ReadOnlySpan<float> losses, Random random)
    {
        if (Count < 0)
            throw new ArgumentException($"{nameof(Count)} is {Count}; expected at least 0.");
        int[] candidates =
            [.. Places(matches, positive: true).Concat(Places(matches, positive: false)).Order()];
        IgnoreAllButHardest(matches, candidates, losses, Count);
    }
}
