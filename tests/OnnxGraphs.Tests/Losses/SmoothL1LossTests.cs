using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class SmoothL1LossTests
{
    public static IEnumerable<object[]> Elements => GoldenCase.Of("02_smooth_l1", "smooth_l1_beta", "huber", "l1",
        "mse");

    public static IEnumerable<object[]> Literal => GoldenCase.Of("02_smooth_l1", "smooth_l1_seed000");

    public static IEnumerable<object[]> AnchorState => GoldenCase.Of("02_smooth_l1", "smooth_l1_sigma_anchor_state");

    [TestMethod]
    [DynamicData(nameof(Elements))]
    public void MeetsPyTorch(GoldenCase c)
    {
        var rig = new LossRig();
        var (input, target) = (rig.Feed("input", c.Input("input")), rig.Feed("target", c.Input("target")));
        Loss loss = c.Kind switch
        {
            "l1" => new L1Loss(),
            "mse" => new SquaredErrorLoss(),
            "huber" => new SmoothL1Loss(c.Number("delta")) { Form = SmoothL1Form.Huber },
            _ => new SmoothL1Loss(c.Number("beta")),
        };
        rig.Meets(c, c.Reduced(loss).Of(input, target), ("input", input));
    }

    [TestMethod]
    [DynamicData(nameof(Literal))]
    public void MeetsTheLiteralForm(GoldenCase c)
    {
        var rig = new LossRig();
        var (input, target) = (rig.Feed("input", c.Input("y_pred")), rig.Feed("target", c.Input("y_true")));
        var loss = new SmoothL1Loss(c.Number("delta")) { Form = SmoothL1Form.Literal, Reduction = Reduction.None };
        rig.Meets(c, Ops.Op.ReduceSum(loss.Of(input, target), [-1], keep: false), ("y_pred", input));
    }

    // Only anchors of state 1; sigma^2 = 1 / beta; divided by max(1, positives of the batch) and by 4.
    [TestMethod]
    [DynamicData(nameof(AnchorState))]
    public void MeetsAnchorStates(GoldenCase c)
    {
        var rig = new LossRig();
        var (input, target) = (rig.Feed("input", c.Input("y_pred")), rig.Feed("target", c.Input("y_true")));
        var parts = Ops.Op.Split(target, 2, 4, 1);
        var state = Ops.Op.Squeeze(parts[1], 2);
        var positives = Ops.Op.SumAll(Ops.Op.Cast(Ops.Op.Equal(state, state.Like(1)), ElementType.Float32));
        var loss = new SmoothL1Loss(1 / (c.Number("sigma") * c.Number("sigma"))) { Normalizer = Normalizer.Given };
        var value = loss.Of(input, parts[0], new()
        {
            Ignore = Ops.Op.Not(Ops.Op.Equal(state, state.Like(1))),
            Normalizer = Ops.Op.Max(positives, positives.Like(1)) * 4f,
        });
        rig.Meets(c, value, ("y_pred", input));
    }

    [TestMethod]
    [DataRow(SmoothL1Form.SmoothL1)]
    [DataRow(SmoothL1Form.Huber)]
    [DataRow(SmoothL1Form.Literal)]
    public void HugeAndZeroDifferencesStayFinite(SmoothL1Form form)
    {
        var rig = new LossRig();
        var input = rig.Feed("input", new(1, 3), 1e30f, 0, -1e30f);
        var results = rig.Finite(new SmoothL1Loss { Form = form, Normalizer = Normalizer.None }.Of(input,
            input * 0f), input);
        CollectionAssert.AreEqual(new float[] { 1, 0, -1 }, results[1]);
    }

    // Sums take another way than the elements, which weights ask for: [3, 35] and [3, 7, 5] are cut into rows.
    [TestMethod]
    [DataRow(Normalizer.Mean, Reduction.Batch)]
    [DataRow(Normalizer.Mean, Reduction.PerImage)]
    [DataRow(Normalizer.None, Reduction.PerImage)]
    [DataRow(Normalizer.PositivesPerImage, Reduction.Batch)]
    [DataRow(Normalizer.PositivesPerBatch, Reduction.PerImage)]
    [DataRow(Normalizer.Given, Reduction.Batch)]
    public void SumsAreThoseOfTheElements(Normalizer normalizer, Reduction reduction)
    {
        Loss[] losses = [new SmoothL1Loss(0.7f), new SmoothL1Loss(0.7f) { Form = SmoothL1Form.Huber }, new L1Loss(),
            new SquaredErrorLoss()];
        foreach (var loss in losses)
            foreach (var shape in new TensorShape[] { new(3, 35), new(3, 7, 5), new(3, 1), new(1, 13) })
                SameSums(loss with { Normalizer = normalizer, Reduction = reduction }, shape);
    }

    private static void SameSums(Loss loss, TensorShape shape)
    {
        var rig = new LossRig();
        var x = rig.Feed("x", shape, Numbers(shape, i => 3 * MathF.Sin(1.7f * i)));
        var t = rig.Feed("t", shape, Numbers(shape, i => MathF.Cos(2.3f * i)));
        var inputs = new LossInputs { Normalizer = x.Like(2.5) };
        var weights = x.Graph.Constant(Tensor.Filled(shape, 1));
        Var[] both = [loss.Of(x, t, inputs), loss.Of(x, t, inputs with { Weight = weights })];
        var upstream = x.Graph.Constant(Tensor.Of<float>(both[0].Shape, Numbers(both[0].Shape, i => i * 1.5f - 1)));
        var results = rig.RunFloats([.. both, .. both.Select(sum => Gradient.Of(sum, upstream, [x])[0])]);
        for (var i = 0; i < 4; i += 2)
            LossRig.Close([.. results[i + 1].Select(v => (double)v)], results[i], 1e-5, 1e-6, $"{loss} of {shape}");
    }

    [TestMethod]
    [DataRow(0f)]
    [DataRow(-1f)]
    [DataRow(float.NaN)]
    public void RefusesBeta(float beta)
    {
        var x = new Graph().Input("x", 2, 4);
        FocalLossTests.Refused(() => new SmoothL1Loss(beta).Of(x, x),
            FormattableString.Invariant($"SmoothL1Loss: Beta is {beta}; expected a finite number above 0"));
    }

    private static float[] Numbers(TensorShape shape, Func<int, float> number) =>
        [.. Enumerable.Range(0, (int)shape.Size).Select(number)];
}
