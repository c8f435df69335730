using MLNet.Detection.Boxes;
using MLNet.Detection.Matching;
using MLNet.Detection.Sampling;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Heads;

/// <summary>
/// Which of a picture's proposals are learnt, and what they must predict: the objects themselves are added, each takes
/// the
/// object that it overlaps most, and a share of them is drawn. Ren et al. 2015, https://arxiv.org/abs/1506.01497.
/// </summary>
/// <param name="Matcher">Which proposal is which object.</param>
/// <param name="Sampler">How many are drawn.</param>
/// <param name="Coder">The code of the second stage.</param>
/// <param name="Levels">The maps, with the sizes of their regions.</param>
internal sealed record RegionSampling(Matcher Matcher, AnchorSampler Sampler, BoxCoder Coder,
    IReadOnlyList<RegionLevel> Levels)
{
    /// <summary>Chooses among proposals.</summary>
    /// <param name="proposals">The proposals, proper boxes.</param>
    /// <param name="truths">The objects, in the same unit.</param>
    /// <param name="classes">Their classes, from 0.</param>
    /// <param name="ignored">Boxes that are neither learnt nor background.</param>
    /// <param name="random">The only source of chance.</param>
    public ChosenRegions Choose(IEnumerable<Box> proposals, Box[] truths, int[] classes, Box[] ignored, Random random)
    {
        Box[] regions = [.. proposals, .. truths];
        var matches = Matcher.Match(truths, regions, ignored);
        Sampler.Sample(matches, [], random);
        int[] chosen = [.. Enumerable.Range(0, regions.Length).Where(i => matches[i] != Matching.Matcher.Ignored)];
        return new(
            [.. chosen.Select(i => regions[i])],
            [.. chosen.Select(i => RegionLevel.Of(Levels, regions[i]))],
            [.. chosen.Select(i => matches[i] < 0 ? 0 : classes[matches[i]] + 1)],
            [.. chosen.Select(i => matches[i] < 0 ? default : Coder.Encode(truths[matches[i]], regions[i]))]);
    }
}
