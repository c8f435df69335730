using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Losses;

/// <summary>Losses of single pixels: the cross-entropies and focal losses of the segmentation group.</summary>
[TestClass]
public class PixelLossTests
{
    public static IEnumerable<object[]> Binary =>
        GoldenCase.Of("07_segmentation", "bce", "weighted_ce", "balanced_ce", "sigmoid_focal_seg");

    public static IEnumerable<object[]> Softmax => GoldenCase.Of("07_segmentation", "softmax_ce");

    [TestMethod]
    [DynamicData(nameof(Binary))]
    public void BinaryMeets(GoldenCase c)
    {
        var rig = new LossRig();
        var name = c.Flag("from_logits") ? "logits" : "probabilities";
        var (pred, target) = (rig.Feed(name, c.Input(name)), rig.Feed("target", c.Input("target")));
        float? alpha = c.Number("alpha", 0) < 0 ? null : c.Number("alpha", 0);
        Loss loss = c.Kind switch
        {
            "bce" => new BinaryCrossEntropyLoss { FromProbabilities = name != "logits" },
            "weighted_ce" => new BinaryCrossEntropyLoss(c.Number("beta")) { FromProbabilities = name != "logits" },
            "balanced_ce" => new BalancedCrossEntropyLoss(float.IsNaN(c.Number("beta")) ? null : c.Number("beta"))
            {
                Margin = c.Number("clip", 0),
                BalancePerImage = c.Name.EndsWith("per_image"),
            },
            _ when name == "logits" => new FocalLoss(alpha, c.Number("gamma")),
            _ => new ProbabilityFocalLoss(alpha, c.Number("gamma")),
        };
        rig.Meets(c, c.Reduced(loss).Of(pred, target), (name, pred));
    }

    [TestMethod]
    [DynamicData(nameof(Softmax))]
    public void SoftmaxMeets(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, labels) = (rig.Feed("logits", c.Input("logits")), rig.Feed("labels", c.Input("labels")));
        var ignored = c.Number("ignore_index");
        var loss = new CrossEntropyLoss
        {
            Axis = 1,
            ClassWeights = c.Has("class_weights") ? c.Numbers("class_weights") : [],
            LabelSmoothing = c.Number("label_smoothing", 0),
            IgnoreLabel = float.IsNaN(ignored) ? null : (long)ignored,
        };
        rig.Meets(c, c.Reduced(loss).Of(logits, labels), ("logits", logits));
    }

    // Smoothed, weighted and with ignored labels at once: the terms one by one, in float64.
    [TestMethod]
    public void SmoothingWeightsAndIgnoredLabelsTogether()
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", new(3, 2), 1, 0, 0, 2, 5, 5);
        var loss = new CrossEntropyLoss { ClassWeights = [1, 3], LabelSmoothing = 0.2f, IgnoreLabel = 255 };
        var results = rig.Finite(loss.Of(logits, rig.Labels("labels", new(3), 0, 1, 255)), logits);
        double[] a = [-Math.Log(1 / (1 + Math.Exp(-1))), -Math.Log(1 / (1 + Math.Exp(1)))];
        double[] b = [-Math.Log(1 / (1 + Math.Exp(2))), -Math.Log(1 / (1 + Math.Exp(-2)))];
        var expected = (0.8 * (a[0] + 3 * b[1]) + 0.1 * (a[0] + 3 * a[1] + b[0] + 3 * b[1])) / (1 + 3);
        Assert.AreEqual(expected, results[0][0], 1e-6);
        Assert.AreEqual(0f, results[1][4]);
    }

    [TestMethod]
    public void ExactProbabilitiesAndExtremeLogitsStayFinite()
    {
        var rig = new LossRig();
        var target = rig.Feed("t", new(1, 4), 0, 0, 1, 1);
        var (p, x) = (rig.Feed("p", new(1, 4), 0, 1, 0, 1), rig.Feed("x", new(1, 4), -80, 80, -80, 80));
        var loss = new BinaryCrossEntropyLoss(2f) { FromProbabilities = true }.Of(p, target)
            + new BinaryCrossEntropyLoss(2f).Of(x, target) + new BalancedCrossEntropyLoss().Of(x, target * 0f);
        rig.Finite(loss, p, x);
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var graph = new Graph();
        var (x, t) = (graph.Input("x", 2, 3), graph.Input("t", ElementType.Int64, new(2)));
        FocalLossTests.Refused(() => new BinaryCrossEntropyLoss(-1).Of(x, x),
            "BinaryCrossEntropyLoss: PositiveWeight is -1;");
        FocalLossTests.Refused(() => new BalancedCrossEntropyLoss(2).Of(x, x), "BalancedCrossEntropyLoss: Beta is 2;");
        FocalLossTests.Refused(() => new CrossEntropyLoss { LabelSmoothing = 1.5f }.Of(x, t),
            "CrossEntropyLoss: LabelSmoothing is 1.5; expected a number in [0, 1]");
        FocalLossTests.Refused(() => new CrossEntropyLoss { ClassWeights = [1] }.Of(x, t),
            "CrossEntropyLoss: ClassWeights is 1; expected none or 3, one a class");
    }
}
