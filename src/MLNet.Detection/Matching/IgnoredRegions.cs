using System.Buffers;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Matching;

/// <summary>
/// Crowds and objects marked difficult are neither learnt nor background: after any matcher, background anchors that
/// lie in such a region become <see cref="Matcher.Ignored"/>.
/// </summary>
public static class IgnoredRegions
{
    /// <summary>Ignores the background anchors (or predicted boxes) inside the regions.</summary>
    /// <param name="matches">Per anchor the index of its truth, <see cref="Matcher.Background"/> or
    /// <see cref="Matcher.Ignored"/>; changed in place.</param>
    /// <param name="anchors">The anchors.</param>
    /// <param name="regions">The crowds and difficult objects, in the unit of the anchors.</param>
    /// <param name="overlap">The least part of an anchor's own area inside one region.</param>
    /// <exception cref="ArgumentException">There is not one match an anchor.</exception>
    public static void Apply(
        Span<int> matches, BoxColumns anchors, ReadOnlySpan<Box> regions, float overlap = 0.5f)
    {
        if (matches.Length != anchors.Count)
            throw new ArgumentException($"{matches.Length} matches, {anchors.Count} anchors; give one each.");
        var parts = ArrayPool<float>.Shared.Rent(matches.Length);
        foreach (var region in regions)
        {
            anchors.IntersectionOverOwnArea(region, parts);
            for (var i = 0; i < matches.Length; i++)
                if (matches[i] == Matcher.Background && parts[i] >= overlap)
                    matches[i] = Matcher.Ignored;
        }
        ArrayPool<float>.Shared.Return(parts);
    }
}
