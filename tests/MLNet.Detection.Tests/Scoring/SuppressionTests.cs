using MLNet.Detection.Boxes;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Tests.Scoring;

[TestClass]
public sealed class SuppressionTests
{
    private static readonly Box[] Boxes =
        [new(0, 0, 10, 10), new(1, 0, 11, 10), new(0, 0, 10, 10), new(20, 20, 30, 30), new(2, 0, 12, 10)];

    private static readonly float[] Scores = [0.9f, 0.8f, 0.7f, 0.6f, 0.5f];

    // Expected numbers: the published matrix_nms of SOLOv2, in float64.
    [TestMethod]
    [DataRow(SoftSuppression.Gaussian, new[] { 0.9, 0.6, 0.20971904, 0.20555615, 0.0947347 }, new[] { 0, 3, 1, 4, 2 })]
    [DataRow(SoftSuppression.Linear, new[] { 0.9, 0.6, 1 / 6.0, 0.8 * 2 / 11, 0 }, new[] { 0, 3, 4, 1, 2 })]
    public void Matrix_suppression_lowers_scores_at_once(SoftSuppression method, double[] scores, int[] indices)
    {
        var kept = new MatrixNonMaxSuppression(method, ScoreThreshold: 0).Keep(Boxes, Scores);
        CollectionAssert.AreEqual(indices, kept.Select(k => k.Index).ToArray());
        Close.To(scores, kept.Select(k => k.Score).ToArray(), 1e-6, $"{method}");
        Assert.HasCount(2, new MatrixNonMaxSuppression(method, ScoreThreshold: 0.3f).Keep(Boxes, Scores));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MatrixNonMaxSuppression(SoftSuppression.Hard));
    }

    [TestMethod]
    public void Classes_are_kept_apart_unless_told_otherwise()
    {
        DetectedObject[] found = [.. Boxes.Zip(Scores).Select((d, i) => new DetectedObject(d.First, i % 2, d.Second))];
        foreach (var suppression in new Suppression[]
            { new GreedySuppression(), new SoftNonMaxSuppression(SoftSuppression.Hard, IouThreshold: 0.5f) })
        {
            float[] Kept(Suppression rule) => [.. rule.Apply(found).Select(d => d.Score)];
            CollectionAssert.AreEqual(new[] { 0.9f, 0.8f, 0.6f }, Kept(suppression));
            CollectionAssert.AreEqual(new[] { 0.9f, 0.6f }, Kept(suppression with { ClassAgnostic = true }));
            CollectionAssert.AreEqual(new[] { 0.9f }, Kept(suppression with { MaxDetections = 1 }));
            Assert.IsEmpty(suppression.Apply([]));
        }
    }

    [TestMethod]
    public void Greedy_suppression_is_non_maximum_suppression_ties_included()
    {
        var random = new Random(6);
        DetectedObject[] found = [.. Enumerable.Range(0, 300).Select(_ => new DetectedObject(
            Box.FromXywh(random.Next(50), random.Next(50), random.Next(1, 30), random.Next(1, 30)),
            random.Next(4), random.Next(20) / 20f))];
        CollectionAssert.AreEqual(NonMaxSuppression.Keep(found, 0.4f, 60),
            (new GreedySuppression(0.4f) { MaxDetections = 60 }).Apply(found));
    }

    // Expected numbers: the algorithm of the paper, in float64.
    [TestMethod]
    public void Fusion_averages_what_models_agree_on()
    {
        DetectedObject[] first = [new(new(0, 0, 10, 10), 0, 0.9f), new(new(20, 20, 30, 30), 1, 0.5f)];
        DetectedObject[] second = [new(new(1, 0, 11, 10), 0, 0.6f), new(new(50, 50, 60, 60), 0, 0.4f)];
        var fused = new WeightedBoxFusion().Fuse([first, second]);
        Close.To([0.4, 0, 10.4, 10, 20, 20, 30, 30, 50, 50, 60, 60], fused.Select(d => d.Box).ToArray(), 1e-6, "boxes");
        Close.To([0.75, 0.25, 0.2], fused.Select(d => d.Score).ToArray(), 1e-6, "scores");
        CollectionAssert.AreEqual(new[] { 0, 1, 0 }, fused.Select(d => d.Class).ToArray());

        var weighted = new WeightedBoxFusion().Fuse([first, second], 2, 1);
        Assert.AreEqual(0.25f, weighted[0].Box.X0, 1e-6f);
        Close.To([0.8, 1 / 3.0, 0.4 / 3], weighted.Select(d => d.Score).ToArray(), 1e-6, "weighted scores");
        Assert.HasCount(2, new WeightedBoxFusion(ScoreThreshold: 0.45f).Fuse([first, second]));
        Assert.Contains("weights 1, 0", Assert.ThrowsExactly<ArgumentException>(
            () => new WeightedBoxFusion().Fuse([first, second], 1, 0)).Message);
    }

    [TestMethod]
    public void Fusion_of_one_picture_keeps_mean_scores()
    {
        DetectedObject[] found = [new(Boxes[0], 3, 0.9f), new(Boxes[1], 3, 0.6f), new(Boxes[3], 3, 0.3f)];
        var fused = new WeightedBoxFusion().Apply(found);
        Close.To([0.75, 0.3], fused.Select(d => d.Score).ToArray(), 1e-6, "scores");
        Assert.AreEqual(3, fused[0].Class);
    }
}
