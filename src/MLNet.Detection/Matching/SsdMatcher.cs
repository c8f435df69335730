using System.Buffers;

namespace MLNet.Detection.Matching;

/// <summary>
/// SSD's two-way match: an anchor takes the truth it overlaps most if the IoU is at least <paramref name="Threshold"/>,
/// and every truth gets the anchor that overlaps it most, whatever the IoU. Where truths share that anchor the last one
/// has it. Nothing is ignored. Liu et al. 2016, section 2.2, https://arxiv.org/abs/1512.02325; torchvision's SSDMatcher
/// and the match of SSD.pytorch give the same result.
/// </summary>
/// <param name="Threshold">Lowest IoU of a match that is not forced.</param>
public sealed record SsdMatcher(float Threshold = 0.5f) : Matcher
{
    private protected override void Match(QualityRows quality, Span<int> matches)
    {
        var best = ArrayPool<float>.Shared.Rent(matches.Length);
        var forced = ArrayPool<int>.Shared.Rent(quality.Truths);
        try
        {
            best.AsSpan(0, matches.Length).Fill(quality.Start.Quality);
            matches.Fill(quality.Start.Truth);
            for (var truth = 0; truth < quality.Truths; truth++)
            {
                var max = quality.Read(truth);
                quality.KeepBest(truth, best, matches);
                forced[truth] = max > 0f || MatchWithoutOverlap ? quality.IndexOf(max, 0) : -1;
            }
            for (var i = 0; i < matches.Length; i++)
                if (best[i] < Threshold)
                    matches[i] = Background;
            for (var truth = 0; truth < quality.Truths; truth++)
                if (forced[truth] >= 0)
                    matches[forced[truth]] = truth;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(best);
            ArrayPool<int>.Shared.Return(forced);
        }
    }
}
