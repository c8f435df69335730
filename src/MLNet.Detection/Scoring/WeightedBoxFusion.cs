using MLNet.Detection.Boxes;

namespace MLNet.Detection.Scoring;

/// <summary>
/// Instead of dropping boxes that overlap a better one, averages them: each fused box has the mean corners of its
/// members, weighted by score, and their mean score, lowered where fewer members agreed than there are models.
/// Solovyev et al. 2019, https://arxiv.org/abs/1910.13302
/// </summary>
/// <param name="IouThreshold">A box joins the fused box of its class that it overlaps most, if their IoU is
/// greater.</param>
/// <param name="ScoreThreshold">Boxes with a lower score are left out.</param>
public sealed record WeightedBoxFusion(float IouThreshold = 0.55f, float ScoreThreshold = 0f) : Suppression
{
    /// <summary>Fuses what several models found in one picture.</summary>
    /// <param name="models">The detections of each model.</param>
    /// <param name="weights">How much each model counts; empty: all alike.</param>
    /// <returns>Fused detections by falling score.</returns>
    /// <exception cref="ArgumentException">There is not one positive weight a model.</exception>
    public DetectedObject[] Fuse(
        IReadOnlyList<IReadOnlyList<DetectedObject>> models, params ReadOnlySpan<float> weights)
    {
        float[] all = weights.IsEmpty ? [.. models.Select(_ => 1f)] : weights.ToArray();
        if (all.Length != models.Count || all.Any(weight => !(weight > 0)))
            throw new ArgumentException(
                $"{models.Count} models came with weights {string.Join(", ", all)}; give each a positive one.",
                nameof(weights));
        var weighted = models.Zip(all, (found, weight) => found.Select(d => d with { Score = d.Score * weight }));
        return (this with { Votes = all.Sum() }).Apply([.. weighted.SelectMany(found => found)]);
    }

    // The sum of the models' weights: as much agreement as there can be.
    private float Votes { get; init; } = 1f;

    private protected override IEnumerable<(int Index, DetectedObject Found)> Thin(
        (int Index, DetectedObject Found)[] group)
    {
        var clusters = new List<Cluster>();
        foreach (var i in NonMaxSuppression.ByFallingScore(Array.ConvertAll(group, d => d.Found.Score)))
            if (group[i].Found is var found && found.Score >= ScoreThreshold && found.Score > 0f)
                Join(clusters, group[i].Index, found);
        return clusters.Select(cluster => (cluster.Index, cluster.Fused with
        {
            Score = cluster.Fused.Score * MathF.Min(cluster.Members, Votes) / Votes,
        }));
    }

    private void Join(List<Cluster> clusters, int index, DetectedObject found)
    {
        Cluster? nearest = null;
        var best = IouThreshold;
        foreach (var cluster in clusters)
            if (BoxOverlap.IntersectionOverUnion(cluster.Fused.Box, found.Box) is var iou && iou > best)
                (nearest, best) = (cluster, iou);
        if (nearest is null)
            clusters.Add(nearest = new(index));
        nearest.Add(found);
    }

    private sealed class Cluster(int index)
    {
        private float _x0, _y0, _x1, _y1, _scores;

        public int Index => index;

        public int Members { get; private set; }

        public DetectedObject Fused { get; private set; }

        public void Add(DetectedObject found)
        {
            var (box, score) = (found.Box, found.Score);
            (_x0, _y0) = (_x0 + score * box.X0, _y0 + score * box.Y0);
            (_x1, _y1) = (_x1 + score * box.X1, _y1 + score * box.Y1);
            _scores += score;
            Members++;
            var mean = new Box(_x0 / _scores, _y0 / _scores, _x1 / _scores, _y1 / _scores);
            Fused = new(mean, Members == 1 ? found.Class : Fused.Class, _scores / Members);
        }
    }
}
