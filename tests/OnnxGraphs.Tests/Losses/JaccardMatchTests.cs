using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class JaccardMatchTests
{
    public static IEnumerable<object[]> SsdMatches => GoldenCase.Of("09_matching", "ssd_match");

    public static IEnumerable<object[]> Encoders => GoldenCase.Of("09_matching", "keras_label_encoder");

    public static IEnumerable<object[]> Losses => GoldenCase.Of("04_ssd_multibox", "ssd_multibox_seed001");

    [TestMethod]
    [DynamicData(nameof(SsdMatches))]
    public void MeetsSsd(GoldenCase c)
    {
        var rig = new LossRig();
        var match = new JaccardMatch(c.Number("threshold"));
        var (classes, boxes) = Run(rig, match.Of(Batched(rig, "truths", c.Input("truths")),
            Batched(rig, "labels", c.Input("labels")), rig.Feed("priors", Corners(c.Input("priors")))));
        CollectionAssert.AreEqual(c.Value, classes.Select(number => number + 1.0).ToArray());
        double[] positive = c.Output("positive_rows");
        float[] rows = [.. positive.SelectMany(row => boxes.Skip(4 * (int)row).Take(4))];
        Close(c.Output("loc_t_positive_rows"), rows);
        Assert.IsTrue(boxes.Where((_, i) => classes[i / 4] < 0).All(delta => delta == 0));
    }

    [TestMethod]
    [DynamicData(nameof(Encoders))]
    public void MeetsTheLabelEncoderOfRetinaNet(GoldenCase c)
    {
        var rig = new LossRig();
        var match = new JaccardMatch(c.Number("match_iou"))
        {
            LowThreshold = c.Number("ignore_iou"),
            ForceBest = false,
        };
        var (classes, boxes) = Run(rig, match.Of(Batched(rig, "truths", Corners(c.Input("gt_boxes"))),
            Batched(rig, "labels", c.Input("gt_classes")), rig.Feed("anchors", Corners(c.Input("anchors")))));
        for (var i = 0; i < classes.Length; i++)
        {
            Assert.AreEqual(c.Value[5 * i + 4], classes[i], $"anchor {i}");
            if (classes[i] >= 0)
                Close(c.Value[(5 * i)..(5 * i + 4)], boxes[(4 * i)..(4 * i + 4)]);
        }
    }

    // From boxes to the loss in one graph: match, encoding, mining, loss and gradients. Images have 0 to 4 objects.
    [TestMethod]
    [DynamicData(nameof(Losses))]
    public void MeetsTheLossOfSsdFromTheBoxesOn(GoldenCase c)
    {
        var rig = new LossRig();
        var (loc, conf) = (rig.Feed("loc", c.Input("loc")), rig.Feed("conf", c.Input("conf")));
        var (images, room) = ((int)loc.Shape[0], 5);
        var (truths, labels) = (new float[images * room * 4], new long[images * room]);
        Array.Fill(labels, -1);
        for (var image = 0; image < images; image++)
        {
            var rows = c.Input($"gt_{image}").Values<float>().ToArray().Chunk(5).ToArray();
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i].AsSpan(0, 4).CopyTo(truths.AsSpan(4 * (image * room + i)));
                labels[image * room + i] = (long)rows[i][4];
            }
        }
        var match = new JaccardMatch(c.Number("jaccard_threshold"));
        var targets = match.Of(rig.Feed("truths", new(images, room, 4), truths),
            rig.Labels("labels", new(images, room), labels), rig.Feed("dbox", Corners(c.Input("dbox"))));
        var loss = new MultiBoxLoss { NegativeRatio = c.Number("neg_pos") };
        rig.Meets(c, loss.Of(targets, conf, loc), ("loc", loc), ("conf", conf));
    }

    [TestMethod]
    public void FilledUpFlatAndFarTruthsMatchNothing()
    {
        var rig = new LossRig();
        var truths = rig.Feed("truths", new(1, 4, 4),
            0, 0, 10, 10, 0, 0, 0, 0, 5, 5, 5, 9, 500, 500, 510, 510);
        var (classes, boxes) = Run(rig, new JaccardMatch().Of(truths, rig.Labels("labels", new(1, 4), -1, 3, 2, 1),
            rig.Feed("anchors", new(2, 4), 0, 0, 10, 10, 4, 4, 8, 8)));
        CollectionAssert.AreEqual(new long[] { -1, -1 }, classes);
        CollectionAssert.AreEqual(new float[8], boxes);
    }

    [TestMethod]
    public void TheLastTruthHasAnAnchorThatTwoNeed()
    {
        var rig = new LossRig();
        var truths = rig.Feed("truths", new(1, 2, 4), 0, 0, 10, 10, 0, 0, 10, 4);
        var labels = rig.Labels("labels", new(1, 2), 7, 9);
        var anchors = rig.Feed("anchors", new(2, 4), 0, 0, 10, 10, 40, 40, 50, 50);
        var both = new JaccardMatch().Of(truths, labels, anchors).Classes;
        var free = (new JaccardMatch() with { ForceBest = false }).Of(truths, labels, anchors).Classes;
        var results = rig.Run(both, free);
        CollectionAssert.AreEqual(new long[] { 9, -1 }, results[0].Values<long>().ToArray());
        CollectionAssert.AreEqual(new long[] { 7, -1 }, results[1].Values<long>().ToArray());
    }

    [TestMethod]
    public void NothingFlowsBack()
    {
        var rig = new LossRig();
        var truths = rig.Feed("truths", new(1, 1, 4), 0, 0, 10, 12);
        var anchors = rig.Feed("anchors", new(1, 4), 0, 0, 10, 10);
        var boxes = new JaccardMatch().Of(truths, rig.Labels("labels", new(1, 1), 0), anchors).Boxes;
        var results = rig.Finite(Ops.Op.SumAll(boxes), truths, anchors);
        Assert.AreNotEqual(0, results[0][0]);
        Assert.IsTrue(results.Skip(1).All(slope => slope.All(value => value == 0)));
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var graph = new Graph();
        var (truths, anchors) = (graph.Input("truths", 2, 3, 4), graph.Input("anchors", 6, 4));
        var labels = graph.Input("labels", ElementType.Int64, new(2, 3));
        FocalLossTests.Refused(() => new JaccardMatch(0).Of(truths, labels, anchors),
            "JaccardMatch: Threshold is 0; expected a finite number above 0");
        FocalLossTests.Refused(() => new JaccardMatch(1.5f).Of(truths, labels, anchors),
            "JaccardMatch: Threshold is 1.5; expected a number in [0, 1]");
        FocalLossTests.Refused(() => new JaccardMatch { LowThreshold = 0.6f }.Of(truths, labels, anchors),
            "JaccardMatch: LowThreshold is 0.6; expected a number in [0, 0.5]");
        FocalLossTests.Refused(() => new JaccardMatch { SizeVariance = 0 }.Of(truths, labels, anchors),
            "JaccardMatch: SizeVariance is 0; expected a finite number above 0");
        FocalLossTests.Refused(() => new JaccardMatch().Of(truths, labels, truths),
            "JaccardMatch: anchors is truths: Float32 [2, 3, 4]; expected Float32 [N, 4], N at least 1");
        FocalLossTests.Refused(() => new JaccardMatch().Of(truths, truths, anchors),
            "JaccardMatch: labels is truths: Float32 [2, 3, 4]; expected Int64 [2, 3]");
    }

    private static (long[] Classes, float[] Boxes) Run(LossRig rig, DetectionTargets targets)
    {
        var results = rig.Run(targets.Classes, targets.Boxes);
        return (results[0].Values<long>().ToArray(), results[1].Values<float>().ToArray());
    }

    private static Var Batched(LossRig rig, string name, Tensor value) =>
        Ops.Op.Unsqueeze(rig.Feed(name, value), 0);

    // Corners of boxes given by centre and size.
    private static Tensor Corners(Tensor boxes) => Tensor.Of<float>(boxes.Shape, [.. boxes.Values<float>().ToArray()
        .Chunk(4).SelectMany(b => new[] { b[0] - b[2] / 2, b[1] - b[3] / 2, b[0] + b[2] / 2, b[1] + b[3] / 2 })]);

    private static void Close(double[] expected, float[] actual) =>
        LossRig.Close(expected, actual, 1e-5, 1e-5, "encoded boxes");
}
