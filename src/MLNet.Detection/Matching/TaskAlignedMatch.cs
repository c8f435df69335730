namespace MLNet.Detection.Matching;

/// <summary>What <see cref="TaskAlignedMatcher"/> found, one element an anchor.</summary>
/// <param name="Matches">The index of the truth or <see cref="Matcher.Background"/>.</param>
/// <param name="Alignment">t of the anchor and its truth; 0 for background.</param>
/// <param name="Targets">The soft class target: t scaled so that the best anchor of a truth has that truth's best
/// IoU.</param>
public sealed record TaskAlignedMatch(int[] Matches, float[] Alignment, float[] Targets);
