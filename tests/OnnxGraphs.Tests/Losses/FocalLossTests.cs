using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class FocalLossTests
{
    public static IEnumerable<object[]> Sigmoid => GoldenCase.Of("01_focal", "sigmoid_focal");

    public static IEnumerable<object[]> AnchorState => GoldenCase.Of("01_focal", "focal_anchor_state_logits");

    [TestMethod]
    [DynamicData(nameof(Sigmoid))]
    public void MeetsTorchvision(GoldenCase c)
    {
        var rig = new LossRig();
        var (logits, targets) = (rig.Feed("logits", c.Input("logits")), rig.Feed("targets", c.Input("targets")));
        var loss = new FocalLoss(c.Number("alpha") < 0 ? null : c.Number("alpha"), c.Number("gamma"));
        rig.Meets(c, c.Reduced(loss).Of(logits, targets), ("logits", logits));
    }

    // Labels of background anchors count as zero; ignored anchors do not count; divided by the positives of the batch.
    [TestMethod]
    [DynamicData(nameof(AnchorState))]
    public void MeetsAnchorStates(GoldenCase c)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", c.Input("logits"));
        var labels = rig.Feed("labels", c.Input("labels"));
        var state = rig.Feed("state", c.Input("anchor_state"));
        state = state.Type == ElementType.Int64 ? Ops.Op.Cast(state, ElementType.Float32) : state;
        var loss = new FocalLoss(c.Number("alpha"), c.Number("gamma")) { Normalizer = Normalizer.Given };
        var positives = Ops.Op.SumAll(Ops.Op.Relu(state));
        var value = loss.Of(logits, labels * Ops.Op.Unsqueeze(Ops.Op.Relu(state), -1), new()
        {
            Ignore = Ops.Op.Less(state, state.Like(0)),
            Normalizer = Ops.Op.Max(positives, positives.Like(1)),
        });
        rig.Meets(c, value, ("logits", logits));
    }

    // The sum over classes from class numbers agrees with the formula on one-hot targets, value and gradient.
    [TestMethod]
    [DataRow(0.25f, 2f)]
    [DataRow(0.4f, 1.5f)]
    [DataRow(1f, 0f)]
    [DataRow(0f, 0.5f)]
    public void ClassNumbersAgreeWithOneHot(float alpha, float gamma)
    {
        var random = new Random(7);
        var rig = new LossRig();
        var loss = new FocalLoss(alpha, gamma) { Normalizer = Normalizer.None };
        float[] values = [.. Enumerable.Range(0, 500).Select(_ => random.NextSingle() * 24 - 12)];
        var logits = rig.Feed("logits", new(2, 50, 5), values);
        var numbers = Enumerable.Range(0, 100).Select(_ => random.NextInt64(-1, 5)).ToArray();
        var classes = rig.Labels("classes", new(2, 50), numbers);
        float[] ones = [.. numbers.SelectMany(n => Enumerable.Range(0, 5).Select(c => c == n ? 1f : 0f))];
        var oneHot = rig.Feed("one_hot", new(2, 50, 5), ones);
        var (fast, plain) = (Ops.Op.SumAll(loss.PerAnchor(logits, classes)), loss.Of(logits, oneHot));
        var results = rig.RunFloats(fast, plain, Gradients.Gradient.Of(fast, [logits])[0],
            Gradients.Gradient.Of(plain, [logits])[0]);
        LossRig.Close([results[1][0]], results[0], 1e-6, 1e-6, "value");
        LossRig.Close([.. results[3].Select(v => (double)v)], results[2], 1e-5, 1e-6, "gradient");
    }

    [TestMethod]
    [DataRow(0.25f, 2f)]
    [DataRow(0.25f, 0.5f)]
    [DataRow(0f, 0f)]
    [DataRow(1f, 5f)]
    public void ExtremeLogitsStayFinite(float alpha, float gamma)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", new(2, 4), -80, -20, 0, 80, -80, -20, 0, 80);
        var targets = rig.Feed("targets", new(2, 4), 0, 0, 0, 0, 1, 1, 1, 1);
        var results = rig.Finite(new FocalLoss(alpha, gamma).Of(logits, targets), logits);
        var wrong = gamma * 0 + 80 * (1 - alpha) + 80 * alpha;
        Assert.IsGreaterThanOrEqualTo(wrong / 8 * 0.999f, results[0][0],
            "the two logits that are wrong by 80 dominate");
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var graph = new Graph();
        var (x, t) = (graph.Input("x", 2, 3), graph.Input("t", 2, 3));
        Refused(() => new FocalLoss(1.5f).Of(x, t), "FocalLoss: Alpha is 1.5; expected a number in [0, 1]");
        Refused(() => new FocalLoss(-1f).Of(x, t), "FocalLoss: Alpha is -1; expected a number in [0, 1]");
        Refused(() => new FocalLoss(Gamma: -0.5f).Of(x, t),
            "FocalLoss: Gamma is -0.5; expected a finite number of at least 0");
        Refused(() => new FocalLoss().Of(x, graph.Input("t2", 2, 4)),
            "FocalLoss: target is t2: Float32 [2, 4]; expected Float32 [2, 3]");
        Refused(() => new FocalLoss().Of(graph.Input("i", ElementType.Int64, new(2, 3)), t),
            "FocalLoss: prediction is i: Int64 [2, 3]; expected floats");
    }

    internal static void Refused(Func<object> build, string message)
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => build());
        Assert.Contains(message, error.Message);
    }
}
