using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class ProbabilityFocalLossTests
{
    public static IEnumerable<object[]> Keras => GoldenCase.Of("01_focal", "keras_focal_probabilities");

    // The last column of y_true is the anchor's state: 1 object, 0 background (labels count as zero), -1 ignored.
    [TestMethod]
    [DynamicData(nameof(Keras))]
    public void MeetsKeras(GoldenCase c)
    {
        var rig = new LossRig();
        var (pred, truth) = (rig.Feed("y_pred", c.Input("y_pred")), rig.Feed("y_true", c.Input("y_true")));
        var parts = Split(truth, 2, pred.Shape[2], 1);
        var state = Squeeze(parts[1], 2);
        var positives = SumAll(Relu(state));
        var loss = new ProbabilityFocalLoss(c.Number("alpha"), c.Number("gamma"))
        {
            Normalizer = Normalizer.Given,
            Epsilon = c.Number("epsilon"),
            Guard = c.Text("bce") switch
            {
                "plain" => ProbabilityGuard.None,
                "clip" => ProbabilityGuard.Clip,
                _ => ProbabilityGuard.ClipAndAdd,
            },
        };
        var value = loss.Of(pred, parts[0] * Relu(parts[1]), new()
        {
            Ignore = Less(state, state.Like(0)),
            Normalizer = Max(positives, positives.Like(1)),
        });
        rig.Meets(c, value, ("y_pred", pred));
    }

    [TestMethod]
    [DataRow(0f)]
    [DataRow(0.5f)]
    [DataRow(2f)]
    public void ExactZeroAndOneStayFinite(float gamma)
    {
        var rig = new LossRig();
        var p = rig.Feed("p", new(2, 2), 0, 1, 0, 1);
        var results = rig.Finite(new ProbabilityFocalLoss(0.25f, gamma).Of(p, rig.Feed("t", new(2, 2), 0, 0, 1, 1)), p);
        Assert.AreEqual(-Math.Log(1e-7) / 4, results[0][0], 1e-4);
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var x = new Graph().Input("x", 2, 3);
        FocalLossTests.Refused(() => new ProbabilityFocalLoss(2f).Of(x, x), "ProbabilityFocalLoss: Alpha is 2;");
        FocalLossTests.Refused(() => new ProbabilityFocalLoss { Epsilon = 0 }.Of(x, x),
            "ProbabilityFocalLoss: Epsilon is 0; expected a number in (0, 0.5)");
    }
}
