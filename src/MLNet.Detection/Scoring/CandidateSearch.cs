using System.Numerics;

namespace MLNet.Detection.Scoring;

internal readonly record struct Candidate(int Row, int Class, float Score);

// Scores above the threshold, the best of each group, by falling score within it.
internal sealed class CandidateSearch(float[] scores, int classes, DetectionDecoder options)
{
    public List<Candidate> ByClass()
    {
        var groups = Enumerable.Range(0, classes).Select(_ => new List<Candidate>()).ToArray();
        foreach (var candidate in Above(0, scores.Length))
            groups[candidate.Class].Add(candidate);
        return [.. groups.SelectMany(Best)];
    }

    public List<Candidate> ByLevel(ReadOnlySpan<int> anchorsPerLevel)
    {
        var found = new List<Candidate>();
        var begin = 0;
        foreach (var anchors in anchorsPerLevel)
        {
            var end = begin + anchors * classes;
            found.AddRange(Best([.. Above(begin, end)]));
            begin = end;
        }
        return found;
    }

    // Row by row; almost all are not above it, and a vector of such is left out at once.
    private IEnumerable<Candidate> Above(int begin, int end)
    {
        var least = new Vector<float>(options.ScoreThreshold);
        for (var from = begin; from < end; from += Vector<float>.Count)
        {
            var to = Math.Min(from + Vector<float>.Count, end);
            if (to - from == Vector<float>.Count && !Vector.GreaterThanAny(new Vector<float>(scores, from), least))
                continue;
            for (var i = from; i < to; i++)
                if (scores[i] > options.ScoreThreshold && i % classes != options.BackgroundClass)
                    yield return new(i / classes, i % classes, scores[i]);
        }
    }

    private IEnumerable<Candidate> Best(List<Candidate> group) =>
        NonMaxSuppression.ByFallingScore([.. group.Select(c => c.Score)], options.MaxCandidates).Select(i => group[i]);
}
