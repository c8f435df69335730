using MLNet.Detection.Heads;
using MLNet.Detection.Matching;

namespace MLNet.Detection.Sampling;

/// <summary>
/// Chooses which anchors of a picture take part in the loss. It works on what a matcher found: chosen anchors keep
/// their match, the others become <see cref="Matcher.Ignored"/>; ignored ones are never chosen. Immutable; may be used
/// by many threads at once.
/// </summary>
public abstract record AnchorSampler
{
    /// <summary>Whether <see cref="Sample"/> looks at losses.</summary>
    public abstract bool NeedsLosses { get; }

    /// <summary>Ignores the anchors of one picture that are not chosen.</summary>
    /// <param name="matches">Per anchor the index of a truth, <see cref="Matcher.Background"/> or
    /// <see cref="Matcher.Ignored"/>; changed in place.</param>
    /// <param name="losses">Per anchor its present loss; empty where <see cref="NeedsLosses"/> is false.</param>
    /// <param name="random">The only source of chance.</param>
    /// <exception cref="ArgumentException">Losses are needed, and there is not one an anchor.</exception>
    public void Sample(Span<int> matches, ReadOnlySpan<float> losses, Random random)
    {
        if (NeedsLosses && losses.Length != matches.Length)
            throw new ArgumentException(
                $"{GetType().Name} needs the loss of every anchor: {losses.Length} losses came with {matches.Length} "
                + "matches.", nameof(losses));
        Choose(matches, losses, random);
    }

    private protected abstract void Choose(Span<int> matches, ReadOnlySpan<float> losses, Random random);

    // Places that hold a truth (or background).
    private protected static int[] Places(ReadOnlySpan<int> matches, bool positive)
    {
        var places = new List<int>();
        for (var i = 0; i < matches.Length; i++)
            if (positive ? matches[i] >= 0 : matches[i] == Matcher.Background)
                places.Add(i);
        return [.. places];
    }

    // The places but the k of the greatest loss; equal losses by lowest index.
    private protected static void IgnoreAllButHardest(
        Span<int> matches, int[] places, ReadOnlySpan<float> losses, int k)
    {
        var keys = new float[places.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = losses[places[i]];
        foreach (var i in Scoring.NonMaxSuppression.ByFallingScore(keys).AsSpan(Math.Min(k, places.Length)))
            matches[places[i]] = Matcher.Ignored;
    }
}
