using MLNet.Detection.Boxes;

namespace MLNet.Detection.Scoring;

/// <summary>
/// Picks the proposals of a region proposal network: the best of each level, clipped, small ones dropped, suppressed
/// within each level. Ren et al. 2015, https://arxiv.org/abs/1506.01497; torchvision's filter_proposals gives the same
/// boxes.
/// </summary>
/// <param name="CandidatesPerLevel">How many boxes of a level go into suppression.</param>
/// <param name="MaxProposals">How many proposals a picture has at most.</param>
/// <param name="IouThreshold">Highest IoU of two proposals of a level.</param>
/// <param name="MinSize">Boxes with a smaller side are dropped.</param>
/// <param name="ScoreThreshold">Lowest objectness.</param>
public sealed record RegionProposals(
    int CandidatesPerLevel = 1000, int MaxProposals = 1000, float IouThreshold = 0.7f, float MinSize = 0.001f,
    float ScoreThreshold = 0f)
{
    /// <summary>Picks the proposals of one picture.</summary>
    /// <param name="boxes">N decoded boxes.</param>
    /// <param name="objectness">N logits.</param>
    /// <param name="anchorsPerLevel">N split by level, in order.</param>
    /// <param name="imageWidth">Width to clip to.</param>
    /// <param name="imageHeight">Height to clip to.</param>
    /// <returns>Proposals by falling score; their class is the level.</returns>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    public DetectedObject[] Select(
        ReadOnlySpan<Box> boxes, ReadOnlySpan<float> objectness, ReadOnlySpan<int> anchorsPerLevel,
        float imageWidth, float imageHeight)
    {
        var found = new List<DetectedObject>();
        var start = 0;
        for (var level = 0; level < anchorsPerLevel.Length; start += anchorsPerLevel[level++])
        {
            if (boxes.Length != objectness.Length || start + anchorsPerLevel[level] > boxes.Length)
                throw new ArgumentException(
                    $"{boxes.Length} boxes and {objectness.Length} scores do not fill level {level}.");
            foreach (var i in NonMaxSuppression.ByFallingScore(objectness.Slice(start, anchorsPerLevel[level]), CandidatesPerLevel))
            {
                var box = boxes[start + i].Clip(imageWidth, imageHeight);
                var score = ClassScores.Sigmoid(objectness[start + i]);
                if (box.Width >= MinSize && box.Height >= MinSize && score >= ScoreThreshold)
                    found.Add(new(box, level, score));
            }
        }
        return NonMaxSuppression.Keep(found, IouThreshold, MaxProposals);
    }
}
