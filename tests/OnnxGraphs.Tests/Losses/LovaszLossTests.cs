using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class LovaszLossTests
{
    public static IEnumerable<object[]> Hinge => GoldenCase.Of("07_segmentation", "lovasz_hinge");

    public static IEnumerable<object[]> OverClasses => GoldenCase.Of("07_segmentation", "lovasz_softmax");

    [TestMethod]
    [DynamicData(nameof(Hinge))]
    public void HingeMeets(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, labels) = (rig.Feed("logits", c.Input("logits")), rig.Feed("labels", c.Input("labels")));
        var loss = new LovaszHingeLoss { ByImage = c.Flag("per_image") };
        var value = loss.Of(logits, Cast(labels, ElementType.Float32), new() { Ignore = Ignored(c, labels) });
        rig.Meets(c, value, ("logits", logits));
    }

    [TestMethod]
    [DynamicData(nameof(OverClasses))]
    public void SoftmaxMeets(GoldenCase c)
    {
        var rig = new LossRig();
        var name = c.HasInput("logits") ? "logits" : "probabilities";
        var (pred, labels) = (rig.Feed(name, c.Input(name)), rig.Feed("labels", c.Input("labels")));
        var list = c.Text("classes").StartsWith('[');
        var loss = new LovaszSoftmaxLoss
        {
            FromProbabilities = name != "logits",
            ByImage = c.Flag("per_image"),
            Classes = c.Text("classes") == "present" ? LovaszClasses.Present : LovaszClasses.All,
            Only = list && pred.Shape.Rank == 4 ? [.. c.Numbers("classes").Select(n => (long)n)] : [],
        };
        // A single channel stands for label 1: as the only channel it is class 0 of 1 - label.
        var value = pred.Shape.Rank == 4 ? loss.Of(pred, labels, new() { Ignore = Ignored(c, labels) })
            : loss.Of(Unsqueeze(pred, 1), labels.Like(1) - labels);
        if (name == "probabilities" && pred.Shape.Rank == 4)
            rig.Ties = Ties(c.Input(name), c.Input("labels").Values<long>().ToArray());
        rig.Meets(c, value, (name, pred));
    }

    // Predictions of a class with equal errors: their order is free, and with it their gradients. The cases list one of
    // each pair only.
    private static HashSet<int> Ties(Tensor prediction, long[] labels)
    {
        var pixels = (int)(prediction.Shape[-1] * prediction.Shape[-2]);
        var classes = prediction.Shape.Rank == 4 ? (int)prediction.Shape[1] : 1;
        (int Class, float Error) Key(int i, float p)
        {
            var (image, number) = (i / pixels / classes, i / pixels % classes);
            return (number, Math.Abs((labels[image * pixels + i % pixels] == number ? 1 : 0) - p));
        }
        return [.. prediction.Values<float>().ToArray().Index().GroupBy(at => Key(at.Index, at.Item))
            .Where(group => group.Count() > 1).SelectMany(group => group.Select(at => at.Index))];
    }

    private static Var? Ignored(GoldenCase c, Var labels) =>
        float.IsNaN(c.Number("ignore")) ? null : Equal(labels, labels.Like(c.Number("ignore")));

    [TestMethod]
    public void ExtremeLogitsAndOneClassStayFinite()
    {
        var rig = new LossRig();
        var x = rig.Feed("x", new(1, 1, 4), -80, 80, 0, 1);
        var labels = rig.Labels("labels", new(1, 4), 0, 0, 0, 0);
        var hinge = new LovaszHingeLoss().Of(Squeeze(x, 1), rig.Feed("t", new(1, 4), 0, 0, 1, 1));
        rig.Finite(hinge + new LovaszSoftmaxLoss().Of(x, labels), x);
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var x = new Graph().Input("x", 2, 3, 4);
        FocalLossTests.Refused(() => new LovaszHingeLoss { Normalizer = Normalizer.None }.Of(x, x),
            "LovaszHingeLoss: Normalizer is None; expected Mean");
        FocalLossTests.Refused(() => new LovaszSoftmaxLoss().Of(x, x),
            "LovaszSoftmaxLoss: target is x: Float32 [2, 3, 4]; expected Int64 [2, 4]");
    }
}
