using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class RcnnLossTests
{
    public static IEnumerable<object[]> FastRcnn =>
        GoldenCase.Of("05_rcnn", "fastrcnn_loss", "fastrcnn_loss_from_proposals");

    public static IEnumerable<object[]> Rpn => GoldenCase.Of("05_rcnn", "rpn_loss");

    [TestMethod]
    [DynamicData(nameof(FastRcnn))]
    public void FastRcnnMeetsTorchvision(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, deltas) = (rig.Feed("logits", c.Input("class_logits")), rig.Feed("deltas",
            c.Input("box_regression")));
        var encoded = c.HasInput("regression_targets") ? c.Input("regression_targets")
            : Tensor.Of<float>(new(logits.Shape[0], 4), [.. c.Output("regression_targets").Select(v => (float)v)]);
        var loss = new FastRcnnLoss { Box = new SmoothL1Loss(c.Number("smooth_l1_beta")) };
        var value = loss.Of(logits, deltas, rig.Feed("labels", c.Input("labels")), rig.Feed("boxes", encoded));
        rig.Meets(c, value, ("class_logits", logits), ("box_regression", deltas));
    }

    [TestMethod]
    [DynamicData(nameof(Rpn))]
    public void RpnMeetsTorchvision(GoldenCase c)
    {
        var rig = new LossRig();
        var objectness = rig.Feed("objectness", c.Input("objectness"));
        var deltas = rig.Feed("deltas", c.Input("pred_bbox_deltas"));
        var loss = new RpnLoss { Box = new SmoothL1Loss(c.Number("smooth_l1_beta")) };
        var value = loss.Of(objectness, deltas, rig.Feed("boxes", c.Input("regression_targets")),
            rig.Feed("pos", c.Input("sampled_pos_inds")), rig.Feed("neg", c.Input("sampled_neg_inds")));
        rig.Meets(c, value, ("objectness", objectness), ("pred_bbox_deltas", deltas));
    }

    [TestMethod]
    public void NothingSampledGivesZero()
    {
        var rig = new LossRig();
        var (objectness, deltas) = (rig.Feed("o", new(3, 1), 80, -80, 0), rig.Feed("d", new(3, 4), new float[12]));
        var (none, also) = (rig.Labels("pos", new(0)), rig.Labels("neg", new(0)));
        Assert.AreEqual(0f, rig.Finite(new RpnLoss().Of(objectness, deltas, deltas, none, also), objectness)[0][0]);
    }

    // A region of an object with probability 0.9 and one of background with 0.8; two that were not sampled do not count.
    [TestMethod]
    [DataRow(false, 0.105, 0.223)]
    [DataRow(true, 0.000263, 0.00669)]
    public void TheMeanIsOverTheSampledRegions(bool focal, double positive, double negative)
    {
        var loss = new FastRcnnLoss
        {
            Classification = focal ? new SoftmaxFocalLoss(0.25f, 2) : new CrossEntropyLoss(),
        };
        double Of(params long[] labels)
        {
            var rig = new LossRig();
            var logits = rig.Feed("logits", new(4, 2), [.. ((float[])[0.1f, 0.9f, 0.8f, 0.2f, 0.5f, 0.5f, 0.3f, 0.7f])
                .Select(p => MathF.Log(p))]);
            var deltas = rig.Feed("deltas", new(4, 8), new float[32]);
            var terms = loss.Terms(logits, deltas, rig.Feed("labels", Tensor.Vector(labels)),
                rig.Feed("boxes", new(4, 4), new float[16]));
            return rig.Finite(terms["classification"], logits, deltas)[0][0];
        }
        Assert.AreEqual(positive, Of(1, -1, -1, -1), 5e-3 * positive);
        Assert.AreEqual(negative, Of(-1, 0, -1, -1), 5e-3 * negative);
        Assert.AreEqual((positive + negative) / 2, Of(1, 0, -1, -1), 5e-3 * (positive + negative));
    }

    [TestMethod]
    [DynamicData(nameof(Rpn))]
    public void RpnTakesItsSampleAnchorByAnchor(GoldenCase c)
    {
        var rig = new LossRig();
        var (objectness, deltas) = (rig.Feed("objectness", c.Input("objectness")), rig.Feed("deltas",
            c.Input("pred_bbox_deltas")));
        var labels = Enumerable.Repeat(-1L, (int)objectness.Shape[0]).ToArray();
        foreach (var i in c.Input("sampled_pos_inds").ToInt64())
            labels[i] = 1;
        foreach (var i in c.Input("sampled_neg_inds").ToInt64())
            labels[i] = 0;
        var terms = new RpnLoss { Box = new SmoothL1Loss(c.Number("smooth_l1_beta")) }.Terms(objectness, deltas,
            rig.Feed("boxes", c.Input("regression_targets")), rig.Feed("labels", Tensor.Vector(labels)));
        rig.Meets(c, terms["objectness"] + terms["box"], ("objectness", objectness), ("pred_bbox_deltas", deltas));
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var graph = new Graph();
        var (logits, boxes) = (graph.Input("logits", 5, 3), graph.Input("boxes", 5, 4));
        var labels = graph.Input("labels", ElementType.Int64, new(5));
        FocalLossTests.Refused(() => new FastRcnnLoss().Of(logits, boxes, labels, boxes),
            "FastRcnnLoss: deltas is boxes: Float32 [5, 4]; expected Float32 [5, 12]");
        FocalLossTests.Refused(() => new RpnLoss().Of(logits, boxes, boxes, labels, labels),
            "RpnLoss: objectness is logits: Float32 [5, 3]; expected Float32 [T, 1]");
    }
}
