namespace MLNet.Detection.Scoring;

internal readonly record struct Candidate(int Row, int Class, float Score);

// Scores above the threshold, the best of each group, by falling score within it.
internal sealed class CandidateSearch(float[] scores, int classes, DetectionDecoder options)
{
    public List<Candidate> ByClass()
    {
        var found = new List<Candidate>();
        for (var label = 0; label < classes; label++)
        {
            var group = new List<Candidate>();
            for (var row = 0; row < scores.Length / classes; row++)
                Consider(row, label, group);
            AddBest(group, found);
        }
        return found;
    }

    public List<Candidate> ByLevel(ReadOnlySpan<int> anchorsPerLevel)
    {
        var found = new List<Candidate>();
        var row = 0;
        foreach (var anchors in anchorsPerLevel)
        {
            var group = new List<Candidate>();
            for (var end = row + anchors; row < end; row++)
                for (var label = 0; label < classes; label++)
                    Consider(row, label, group);
            AddBest(group, found);
        }
        return found;
    }

    private void Consider(int row, int label, List<Candidate> group)
    {
        var score = scores[row * classes + label];
        if (label != options.BackgroundClass && score > options.ScoreThreshold)
            group.Add(new(row, label, score));
    }

    private void AddBest(List<Candidate> group, List<Candidate> found)
    {
        var order = NonMaxSuppression.ByFallingScore(group.Select(c => c.Score).ToArray());
        found.AddRange(order.Take(options.MaxCandidates).Select(i => group[i]));
    }
}
