using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class MultiBoxLossTests
{
    public static IEnumerable<object[]> Ssd => GoldenCase.Of("04_ssd_multibox", "ssd_multibox_seed001");

    public static IEnumerable<object[]> Torchvision => GoldenCase.Of("04_ssd_multibox", "ssd_torchvision");

    // The case stores its matching: conf_t (0 background) and the encoded boxes of the positives, row by row.
    [TestMethod]
    [DynamicData(nameof(Ssd))]
    public void MeetsSsd(GoldenCase c)
    {
        var rig = new LossRig();
        var (loc, conf) = (rig.Feed("loc", c.Input("loc")), rig.Feed("conf", c.Input("conf")));
        long[] classes = [.. c.Output("conf_t").Select(t => (long)t - 1)];
        var (rows, boxes, next) = (c.Output("loc_t_positive_rows"), new float[4 * classes.Length], 0);
        for (var i = 0; i < boxes.Length; i++)
            if (classes[i / 4] >= 0)
                boxes[i] = (float)rows[next++];
        Assert.HasCount(next, rows);
        var targets = GoldenBoxes.Feed(rig, loc.Shape[0], (int)loc.Shape[1], classes, boxes);
        var loss = new MultiBoxLoss { NegativeRatio = c.Number("neg_pos") };
        rig.Meets(c, loss.Of(targets, conf, loc), ("loc", loc), ("conf", conf));
    }

    [TestMethod]
    [DynamicData(nameof(Torchvision))]
    public void MeetsTorchvision(GoldenCase c)
    {
        var rig = new LossRig();
        var (deltas, logits) = (rig.Feed("deltas", c.Input("bbox_regression")), rig.Feed("logits",
            c.Input("cls_logits")));
        var targets = GoldenBoxes.Targets(rig, c, 10, 5, label => label - 1);
        var loss = new MultiBoxLoss { NegativeRatio = c.Number("neg_to_pos_ratio"), RepeatPositives = true };
        rig.Meets(c, loss.Of(targets, logits, deltas), ("bbox_regression", deltas), ("cls_logits", logits));
    }

    // Anchor 0 positive, 1 and 2 ignored although hard, 4 and 3 the two hardest negatives of the rest, 3 before 5 at a
    // tie.
    [TestMethod]
    public void MinesTheHardestNegativesOfEachImage()
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", new(1, 7, 2), 0, 0, -9, 9, -9, 9, 0, 2, 0, 3, 0, 2, 5, 0);
        var deltas = rig.Feed("deltas", new(1, 7, 4), new float[28]);
        var targets = new DetectionTargets(rig.Labels("classes", new(1, 7), 0, -2, -2, -1, -1, -1, -1), deltas * 0f);
        var results = rig.Finite(new MultiBoxLoss { NegativeRatio = 2 }.Of(targets, logits, deltas), logits);
        bool[] moved = [.. Enumerable.Range(0, 7).Select(i => results[1][2 * i] != 0)];
        CollectionAssert.AreEqual(new[] { true, false, false, true, true, false, false }, moved);
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(-2)]
    public void NothingPositiveGivesZero(int state)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", new(2, 2, 3), 80, -80, 0, -80, 80, 0, 0, 0, 0, 1, 2, 3);
        var deltas = rig.Feed("deltas", new(2, 2, 4), new float[16]);
        var targets = new DetectionTargets(rig.Labels("classes", new(2, 2), state, state, state, state), deltas + 1f);
        foreach (var values in rig.Finite(new MultiBoxLoss().Of(targets, logits, deltas), logits, deltas))
            Assert.IsTrue(values.All(value => value == 0));
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(1000)]
    public void ExtremeLogitsAndAnyNumberOfClasses(int channels)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", new(2, 8, channels), [.. Enumerable.Range(0, 16 * channels).Select(i =>
            i % 161 - 80f)]);
        var deltas = rig.Feed("deltas", new(2, 8, 4), new float[64]);
        var classes = rig.Labels("classes", new(2, 8), 0, channels - 2, -1, -1, -1, -1, -1, -2, -2, -2, -2, -2, -1,
            -1, -1, -1);
        var results = rig.Finite(new MultiBoxLoss().Of(new(classes, deltas + 1f), logits, deltas), logits, deltas);
        Assert.IsGreaterThan(0, results[0][0]);
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var graph = new Graph();
        var (logits, deltas) = (graph.Input("logits", 2, 6, 3), graph.Input("deltas", 2, 6, 4));
        var (classes, boxes) = (graph.Input("classes", ElementType.Int64, new(2, 6)), graph.Input("boxes", 2, 6, 4));
        FocalLossTests.Refused(() => new MultiBoxLoss { NegativeRatio = -1 }.Of(new(classes, boxes), logits, deltas),
            "MultiBoxLoss: NegativeRatio is -1; expected a finite number of at least 0");
        FocalLossTests.Refused(() => new MultiBoxLoss().Of(new(classes, boxes), graph.Input("one", 2, 6, 1), deltas),
            "MultiBoxLoss: logits is one: Float32 [2, 6, 1]; expected Float32 [B, N, C], C at least 2");
    }
}
