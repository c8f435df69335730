using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class SoftmaxFocalLossTests
{
    public static IEnumerable<object[]> Softmax => GoldenCase.Of("01_focal", "softmax_focal");

    public static IEnumerable<object[]> Worked => GoldenCase.Of("01_focal", "worked_ce", "worked_focal");

    public static IEnumerable<object[]> Intended => GoldenCase.Of("01_focal", "seed003_code_intended");

    public static IEnumerable<object[]> Segmentation => GoldenCase.Of("07_segmentation", "softmax_focal_seg");

    [TestMethod]
    [DynamicData(nameof(Softmax))]
    public void MeetsTheHeadOfFasterRcnn(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, target) = (rig.Feed("logits", c.Input("logits")), rig.Feed("target", c.Input("target")));
        var mode = c.Text("alpha_mode");
        var loss = new SoftmaxFocalLoss(mode == "fg_bg" ? c.Number("alpha") : null, c.Number("gamma"))
        {
            ClassAlpha = mode == "per_class" ? c.Numbers("alpha") : [],
        };
        rig.Meets(c, c.Reduced(loss).Of(logits, target), ("logits", logits));
    }

    // Two anchors, [background, person] = [0.2, 0.8] (a person) and [0.9, 0.1] (background); counts: 5 and 90 of them.
    [TestMethod]
    [DynamicData(nameof(Worked))]
    public void MeetsTheWorkedExample(GoldenCase c)
    {
        var rig = new LossRig();
        var (p, target) = (rig.Feed("p", c.Input("probabilities")), rig.Feed("target", c.Input("target")));
        Loss loss = c.Kind == "worked_ce" ? new CrossEntropyLoss { FromProbabilities = true }
            : new SoftmaxFocalLoss(c.Number("alpha"), c.Number("gamma")) { FromProbabilities = true };
        var value = c.Text("reduction") != "counts" ? c.Reduced(loss).Of(p, target)
            : (loss with { Normalizer = Normalizer.Given }).Of(p, target, new()
            {
                Weight = rig.Feed("counts", new(2), 5, 90),
                Normalizer = p.Like(95),
            });
        rig.Meets(c, value, ("probabilities", p));
    }

    // The worked numbers as they are told: 0.223 and 0.105 for cross-entropy, 0.00223... and 0.000263 for focal loss.
    [TestMethod]
    public void TheWorkedNumbers()
    {
        var rig = new LossRig();
        var p = rig.Feed("p", new(2, 2), 0.2f, 0.8f, 0.9f, 0.1f);
        var target = rig.Labels("target", new(2), 1, 0);
        var ce = new CrossEntropyLoss { FromProbabilities = true, Reduction = Reduction.None };
        var focal = new SoftmaxFocalLoss { FromProbabilities = true, Reduction = Reduction.None };
        var results = rig.RunFloats(ce.Of(p, target), focal.Of(p, target));
        LossRig.Close([0.2231436, 0.1053605], results[0], 1e-5, 0, "cross-entropy");
        LossRig.Close([0.25 * 0.04 * 0.2231436, 0.75 * 0.01 * 0.1053605], results[1], 1e-5, 1e-8, "focal loss");
    }

    // One sigmoid a class, the background column included.
    [TestMethod]
    [DynamicData(nameof(Intended))]
    public void MeetsSigmoidsWithABackgroundColumn(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, target) = (rig.Feed("logits", c.Input("logits")), rig.Feed("target", c.Input("target")));
        var loss = new FocalLoss(c.Number("alpha"), c.Number("gamma")) { Normalizer = Normalizer.None };
        rig.Meets(c, loss.Of(logits, Ops.Op.OneHot(target, logits.Shape[1])), ("logits", logits));
    }

    [TestMethod]
    [DynamicData(nameof(Segmentation))]
    public void MeetsSegmentation(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, labels) = (rig.Feed("logits", c.Input("logits")), rig.Feed("labels", c.Input("labels")));
        var loss = new SoftmaxFocalLoss(null, c.Number("gamma")) { Axis = 1 };
        rig.Meets(c, c.Reduced(loss).Of(logits, labels), ("logits", logits));
    }

    [TestMethod]
    [DataRow(0.5f)]
    [DataRow(2f)]
    public void ExtremeLogitsStayFinite(float gamma)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", new(2, 3), 80, -80, 0, 80, -80, 0);
        var loss = new SoftmaxFocalLoss(0.25f, gamma) { Normalizer = Normalizer.None };
        var results = rig.Finite(loss.Of(logits, rig.Labels("target", new(2), 0, 1)), logits);
        Assert.AreEqual(0.25f * 160, results[0][0], 1e-4);
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var graph = new Graph();
        var (x, t) = (graph.Input("x", 2, 3), graph.Input("t", ElementType.Int64, new(2)));
        FocalLossTests.Refused(() => new SoftmaxFocalLoss(Gamma: -1).Of(x, t), "SoftmaxFocalLoss: Gamma is -1;");
        FocalLossTests.Refused(() => new SoftmaxFocalLoss { ClassAlpha = [1, 2] }.Of(x, t),
            "SoftmaxFocalLoss: ClassAlpha is 2; expected none or 3");
    }
}
