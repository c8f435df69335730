using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class RegionLossTests
{
    public static IEnumerable<object[]> Binary => GoldenCase.Of("07_segmentation", "dice_loss",
        "dice_coefficient_seed004", "tversky_seed004", "tversky_loss", "focal_tversky_loss", "jaccard_loss");

    public static IEnumerable<object[]> ByClass =>
        GoldenCase.Of("07_segmentation", "smp_dice", "smp_jaccard", "smp_tversky");

    public static IEnumerable<object[]> Sums =>
        GoldenCase.Of("07_segmentation", "combo_bce_dice", "combo_taghanaki");

    [TestMethod]
    [DynamicData(nameof(Binary))]
    public void BinaryMeets(GoldenCase c)
    {
        var rig = new LossRig();
        var name = c.Flag("from_logits") ? "logits" : "probabilities";
        var (pred, target) = (rig.Feed(name, c.Input(name)), rig.Feed("target", c.Input("target")));
        var loss = Loss(c) with
        {
            FromProbabilities = name != "logits",
            Scope = c.Text("reduce") == "sample" ? RegionScope.Image : RegionScope.Batch,
            Smooth = c.Number("smooth", 0),
            Epsilon = c.Number("eps"),
        };
        // The printed Tversky index is 2 TP / (2 TP + b FP + (1 - b) FN + e): half of each weight, half of e.
        if (c.Kind == "tversky_seed004")
            loss = loss with { Epsilon = c.Number("eps") / 2 };
        var value = loss.Of(pred, target);
        rig.Meets(c, c.Kind == "dice_coefficient_seed004" ? 1f - value : value, (name, pred));
    }

    private static RegionLoss Loss(GoldenCase c) => c.Kind switch
    {
        "dice_loss" => new DiceLoss { Squared = c.Flag("squared") },
        "dice_coefficient_seed004" => new DiceLoss { Squared = true },
        "jaccard_loss" => new JaccardLoss(),
        "tversky_seed004" => new TverskyLoss(c.Number("beta") / 2, (1 - c.Number("beta")) / 2),
        _ => new TverskyLoss(c.Number("alpha_fp"), c.Number("beta_fn"), c.Number("exponent", 1)),
    };

    [TestMethod]
    [DynamicData(nameof(ByClass))]
    public void ByClassMeets(GoldenCase c)
    {
        var rig = new LossRig();
        var binary = c.Text("mode") == "binary";
        var logits = rig.Feed("logits", c.Input("logits"));
        var target = rig.Feed("target", c.Input(binary ? "target" : "labels"));
        RegionLoss loss = c.Kind switch
        {
            "smp_dice" => new DiceLoss { Logarithmic = c.Flag("log_loss") },
            "smp_jaccard" => new JaccardLoss(),
            _ => new TverskyLoss(c.Number("alpha"), c.Number("beta")),
        };
        loss = loss with { Scope = RegionScope.Class, Smooth = c.Number("smooth", 0), Epsilon = c.Number("eps") };
        var ignore = c.Has("ignore_index") ? Ops.Op.Equal(target, target.Like(c.Number("ignore_index"))) : null;
        var value = loss.Of(logits, binary ? Ops.Op.Unsqueeze(target, 1) : target, new() { Ignore = ignore });
        rig.Meets(c, c.Has("gamma") ? Ops.Op.Pow(value, c.Number("gamma")) : value, ("logits", logits));
    }

    [TestMethod]
    [DynamicData(nameof(Sums))]
    public void SumsMeet(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, target) = (rig.Feed("logits", c.Input("logits")), rig.Feed("target", c.Input("target")));
        var (a, b) = (c.Number("alpha"), c.Number("beta"));
        // Taghanaki's sum takes the Dice coefficient with a minus: 1 - a less than with the Dice loss.
        var value = c.Kind == "combo_bce_dice"
            ? (c.Number("weight_bce") * new BinaryCrossEntropyLoss()
                + c.Number("weight_dice") * new DiceLoss { Squared = c.Flag("squared") }).Of(logits, target)
            : (a * new BalancedCrossEntropyLoss(b)
                + (1 - a) * new DiceLoss { Smooth = c.Number("smooth"), Epsilon = 0 }).Of(logits, target) - (1 - a);
        rig.Meets(c, value, ("logits", logits));
    }

    [TestMethod]
    [DataRow(0f)]
    [DataRow(1f)]
    public void EmptyMasksAndExtremeLogitsStayFinite(float truth)
    {
        foreach (var loss in new RegionLoss[]
            { new DiceLoss(), new JaccardLoss(), new TverskyLoss(0.3f, 0.7f, 0.75f),
                new DiceLoss { Logarithmic = true } })
        {
            var rig = new LossRig();
            var logits = rig.Feed("logits", new(2, 2), -80, 80, -80, 80);
            rig.Finite((loss with { Scope = RegionScope.Image }).Of(logits, logits * 0f + truth), logits);
        }
    }

    // A perfect prediction: 1 - TI = 0 under an exponent below 1.
    [TestMethod]
    public void PerfectPredictionsStayFinite()
    {
        var rig = new LossRig();
        var p = rig.Feed("p", new(1, 2), 0, 1);
        var loss = new TverskyLoss(0.3f, 0.7f, 0.5f) { FromProbabilities = true, Epsilon = 0, Smooth = 1 };
        Assert.AreEqual(0f, rig.Finite(loss.Of(p, rig.Feed("t", new(1, 2), 0, 1)), p)[0][0]);
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var graph = new Graph();
        var (x, t) = (graph.Input("x", 2, 3, 4), graph.Input("t", ElementType.Int64, new(2, 4)));
        FocalLossTests.Refused(() => new DiceLoss().Of(x, t), "DiceLoss: Scope is Batch; expected Class");
        FocalLossTests.Refused(() => new DiceLoss { Epsilon = 0 }.Of(x, x),
            "DiceLoss: Epsilon is 0; expected a finite");
        FocalLossTests.Refused(() => new TverskyLoss(-1).Of(x, x), "TverskyLoss: FalsePositiveWeight is -1;");
        FocalLossTests.Refused(() => new JaccardLoss { Normalizer = Normalizer.None }.Of(x, x),
            "JaccardLoss: Normalizer is None; expected Mean");
    }
}
