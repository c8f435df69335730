using System.Buffers;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Matching;

/// <summary>
/// Decides for every anchor of a picture which true box it must learn. The result per anchor is the index of the truth,
/// <see cref="Background"/> or <see cref="Ignored"/>. A matcher is immutable and may be used by many threads at once.
/// </summary>
public abstract record Matcher
{
    /// <summary>The anchor is to be learnt as background.</summary>
    public const int Background = -1;

    /// <summary>The anchor takes no part in the loss.</summary>
    public const int Ignored = -2;

    /// <summary>A background anchor is ignored when at least this part of its own area lies in an ignored region (a
    /// crowd or an object marked difficult).</summary>
    public float IgnoredRegionOverlap { get; init; } = 0.5f;

    /// <summary>Whether a truth that no anchor overlaps is matched all the same. torchvision does it by accident (the
    /// best quality is then 0, and every anchor attains it); false leaves such a truth without an anchor.</summary>
    public bool MatchWithoutOverlap { get; init; }

    /// <summary>Matches the truths of one picture, without allocating.</summary>
    /// <param name="truths">The true boxes, in the unit of the anchors. May be empty: then all is background.</param>
    /// <param name="anchors">The anchors.</param>
    /// <param name="matches">Receives one number an anchor.</param>
    /// <param name="ignoredRegions">Crowds and difficult objects, which are neither learnt nor background.</param>
    /// <exception cref="ArgumentException"><paramref name="matches"/> has not one element an anchor.</exception>
    public void Match(
        ReadOnlySpan<Box> truths, BoxColumns anchors, Span<int> matches, ReadOnlySpan<Box> ignoredRegions = default)
    {
        RequireRoom(anchors.Count, matches.Length);
        var row = ArrayPool<float>.Shared.Rent(anchors.Count + anchors.Blocks);
        try
        {
            Match(new QualityRows(truths, anchors, row), matches);
            IgnoredRegions.Apply(matches, anchors, ignoredRegions, IgnoredRegionOverlap);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(row);
        }
    }

    /// <summary>Matches the truths of one picture.</summary>
    /// <param name="truths">The true boxes, in the unit of the anchors.</param>
    /// <param name="anchors">The anchors.</param>
    /// <param name="ignoredRegions">Crowds and difficult objects.</param>
    /// <returns>One number an anchor.</returns>
    public int[] Match(ReadOnlySpan<Box> truths, ReadOnlySpan<Box> anchors, ReadOnlySpan<Box> ignoredRegions = default)
    {
        var matches = new int[anchors.Length];
        Match(truths, new BoxColumns(anchors), matches, ignoredRegions);
        return matches;
    }

    /// <summary>Matches by a quality of the caller's own making.</summary>
    /// <param name="quality">[truths, anchors], row by row; higher is better.</param>
    /// <param name="truths">Number of rows.</param>
    /// <param name="matches">One number an anchor.</param>
    /// <exception cref="ArgumentException">The matrix has not truths times anchors numbers.</exception>
    public void Match(ReadOnlySpan<float> quality, int truths, Span<int> matches)
    {
        if (quality.Length != (long)truths * matches.Length)
            throw new ArgumentException(
                $"The quality matrix has {quality.Length} numbers, not {truths} truths x {matches.Length} anchors.");
        var greatest = ArrayPool<float>.Shared.Rent(QualityRows.BlocksOf(matches.Length));
        Match(new QualityRows(quality, truths, matches.Length, greatest), matches);
        ArrayPool<float>.Shared.Return(greatest);
    }

    private protected abstract void Match(QualityRows quality, Span<int> matches);

    private static void RequireRoom(int anchors, int matches)
    {
        if (anchors != matches)
            throw new ArgumentException($"There is room for {matches} matches; {anchors} anchors need one each.");
    }
}
