using System.Buffers;

namespace MLNet.Detection.Matching;

/// <summary>
/// Matching by two thresholds, as in RetinaNet and region proposal networks: an anchor takes the truth it overlaps most
/// if the IoU is at least <paramref name="High"/>, is background below <paramref name="Low"/>, and ignored in between.
/// Ren et al. 2015, https://arxiv.org/abs/1506.01497; torchvision's Matcher gives the same result.
/// </summary>
/// <param name="High">Lowest IoU of a match.</param>
/// <param name="Low">Highest IoU (exclusive) of background.</param>
/// <param name="AllowLowQualityMatches">Whether the anchors that overlap a truth most, ties included, keep the truth
/// that they themselves overlap most, however low the IoU is.</param>
public sealed record ThresholdMatcher(float High = 0.5f, float Low = 0.4f, bool AllowLowQualityMatches = true) : Matcher
{
    private protected override void Match(QualityRows quality, Span<int> matches)
    {
        if (Low > High)
            throw new ArgumentException($"Low is {Low} and High is {High}: background must end below the matches.");
        var best = ArrayPool<float>.Shared.Rent(matches.Length);
        var lowQuality = ArrayPool<bool>.Shared.Rent(matches.Length);
        try
        {
            best.AsSpan(0, matches.Length).Fill(quality.Start.Quality);
            lowQuality.AsSpan(0, matches.Length).Clear();
            matches.Fill(quality.Start.Truth);
            for (var truth = 0; truth < quality.Truths; truth++)
            {
                var max = quality.Read(truth);
                quality.KeepBest(truth, best, matches);
                if (AllowLowQualityMatches && (max > 0f || MatchWithoutOverlap))
                    for (var i = quality.IndexOf(max, 0); i >= 0; i = quality.IndexOf(max, i + 1))
                        lowQuality[i] = true;
            }
            for (var i = 0; i < matches.Length; i++)
                if (best[i] < High && !lowQuality[i])
                    matches[i] = best[i] < Low ? Background : Ignored;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(best);
            ArrayPool<bool>.Shared.Return(lowQuality);
        }
    }
}
