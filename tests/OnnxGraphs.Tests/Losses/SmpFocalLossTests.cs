using OnnxGraphs.Losses;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class SmpFocalLossTests
{
    public static IEnumerable<object[]> Cases => GoldenCase.Of("07_segmentation", "smp_focal");

    // Several classes: one sigmoid each, the mean of each class, summed: C times the mean over all.
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Meets(GoldenCase c)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", c.Input("logits"));
        var (alpha, gamma) = (c.Number("alpha"), c.Number("gamma"));
        Loss loss = c.Flag("normalized") ? new NormalizedFocalLoss(alpha, gamma) : new FocalLoss(alpha, gamma);
        if (c.Text("mode") == "binary")
        {
            rig.Meets(c, loss.Of(logits, rig.Feed("target", c.Input("target"))), ("logits", logits));
            return;
        }
        var labels = rig.Feed("labels", c.Input("labels"));
        var ignore = c.Has("ignore_index") ? Equal(labels, labels.Like(c.Number("ignore_index"))) : null;
        var (last, classes) = (Transpose(logits, 0, 2, 3, 1), logits.Shape[1]);
        var value = ((float)classes * loss).Of(last, OneHot(labels, classes), new() { Ignore = ignore });
        rig.Meets(c, value, ("logits", logits));
    }
}
