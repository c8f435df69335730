using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Losses;

/// <summary>Losses of dense heads: quality, varifocal, distributions, centerness, FCOS.</summary>
[TestClass]
public class DenseLossTests
{
    public static IEnumerable<object[]> Elements =>
        GoldenCase.Of("08_dense", "quality_focal", "varifocal", "distribution_focal");

    public static IEnumerable<object[]> Expectation => GoldenCase.Of("08_dense", "distribution_expectation");

    public static IEnumerable<object[]> Centerness => GoldenCase.Of("08_dense", "centerness_bce");

    public static IEnumerable<object[]> Fcos => GoldenCase.Of("08_dense", "fcos_torchvision");

    [TestMethod]
    [DynamicData(nameof(Elements))]
    public void Meets(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, targets) = (rig.Feed("logits", c.Input("logits")), rig.Feed("targets", c.Input("targets")));
        Loss loss = c.Kind switch
        {
            "quality_focal" => new QualityFocalLoss(c.Number("beta")),
            "distribution_focal" => new DistributionFocalLoss(),
            _ => new VarifocalLoss(c.Number("alpha"), c.Number("gamma")) { QualityWeighted = c.Flag("iou_weighted") },
        };
        rig.Meets(c, c.Reduced(loss).Of(logits, targets), ("logits", logits));
    }

    [TestMethod]
    [DynamicData(nameof(Expectation))]
    public void ExpectationMeets(GoldenCase c)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", c.Input("logits"));
        rig.Meets(c, DistributionFocalLoss.Expectation(logits), ("logits", logits));
    }

    [TestMethod]
    [DynamicData(nameof(Centerness))]
    public void CenternessMeets(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, ltrb) = (rig.Feed("logits", c.Input("logits")), rig.Feed("ltrb", c.Input("ltrb")));
        rig.Meets(c, c.Reduced(new CenternessLoss()).Of(logits, ltrb), ("logits", logits));
    }

    [TestMethod]
    [DynamicData(nameof(Fcos))]
    public void FcosMeetsTorchvision(GoldenCase c)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", c.Input("cls_logits"));
        var distances = rig.Feed("distances", c.Input("bbox_regression"));
        var centerness = rig.Feed("centerness", c.Input("bbox_ctrness"));
        var points = rig.Feed("points", c.Input("anchors"));
        var loss = new FcosLoss { Classification = new(c.Number("alpha"), c.Number("gamma")) };
        var terms = loss.Terms(Targets(rig, c), points, logits, distances, centerness);
        rig.Meets(c, terms.Values.Aggregate((a, b) => a + b),
            ("cls_logits", logits), ("bbox_regression", distances), ("bbox_ctrness", centerness));
    }

    private static DetectionTargets Targets(LossRig rig, GoldenCase c)
    {
        var matched = c.Input("matched_idxs");
        var (classes, boxes) = (matched.Values<long>().ToArray(), new float[4 * matched.Shape.Size]);
        for (var row = 0; row < classes.Length; row++)
        {
            var (image, gt) = (row / matched.Shape[1], (int)classes[row]);
            if (gt < 0)
                continue;
            c.Input($"gt_boxes_{image}").Values<float>().Slice(4 * gt, 4).CopyTo(boxes.AsSpan(4 * row));
            classes[row] = c.Input($"gt_labels_{image}").Values<long>()[gt];
        }
        return GoldenBoxes.Feed(rig, matched.Shape[0], (int)matched.Shape[1], classes, boxes);
    }

    [TestMethod]
    public void ExtremeLogitsStayFinite()
    {
        var rig = new LossRig();
        var x = rig.Feed("x", new(1, 6), -80, -80, 0, 0, 80, 80);
        var q = rig.Feed("q", new(1, 6), 0, 1, 0, 0.5f, 0, 1);
        var sum = new QualityFocalLoss(0.5f).Of(x, q) + new VarifocalLoss(0.75f, 0.5f).Of(x, q)
            + new DistributionFocalLoss().Of(x, rig.Feed("y", new(1), 5)) + new DistillationLoss(2).Of(x, -x);
        rig.Finite(sum, x);
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var x = new Graph().Input("x", 2, 6);
        FocalLossTests.Refused(() => new QualityFocalLoss(-1).Of(x, x), "QualityFocalLoss: Beta is -1;");
        FocalLossTests.Refused(() => new VarifocalLoss(Gamma: -1).Of(x, x), "VarifocalLoss: Gamma is -1;");
        FocalLossTests.Refused(() => new DistributionFocalLoss().Of(x, x),
            "DistributionFocalLoss: target is x: Float32 [2, 6]; expected Float32 [2]");
        FocalLossTests.Refused(() => new CenternessLoss().Of(x, x),
            "CenternessLoss: target is x: Float32 [2, 6]; expected Float32 [2, 6, 4]");
        FocalLossTests.Refused(() => new DistillationLoss(0).Of(x, x), "DistillationLoss: Temperature is 0;");
    }
}
