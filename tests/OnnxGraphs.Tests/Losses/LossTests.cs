using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class LossTests
{
    // A loss of a user: a record with its formula, nothing else.
    private sealed record CauchyLoss(float Scale = 1f) : Loss
    {
        protected override Var Formula(Var prediction, Var target) =>
            Ops.Op.Log(Ops.Op.Pow((prediction - target) / Scale, 2) + 1f);
    }

    [TestMethod]
    [DataRow(Normalizer.None, 1 + 4 + 9 + 16 + 25 + 36.0)]
    [DataRow(Normalizer.Mean, (1 + 4 + 9 + 16 + 25 + 36) / 6.0)]
    [DataRow(Normalizer.PositivesPerImage, ((1 + 4 + 9) / 2.0 + (16 + 25 + 36) / 1.0) / 2)]
    [DataRow(Normalizer.PositivesPerBatch, (1 + 4 + 9 + 16 + 25 + 36) / 2.0)]
    [DataRow(Normalizer.Given, (1 + 4 + 9 + 16 + 25 + 36) / 4.0)]
    public void Normalizers(Normalizer normalizer, double expected) =>
        Assert.AreEqual(expected, Run(new SquaredErrorLoss { Normalizer = normalizer }, normalizer)[0], 1e-5);

    [TestMethod]
    [DataRow(Normalizer.None, 14, 77)]
    [DataRow(Normalizer.Mean, 14 / 3.0, 77 / 3.0)]
    [DataRow(Normalizer.PositivesPerImage, 7, 77)]
    [DataRow(Normalizer.PositivesPerBatch, 7, 38.5)]
    [DataRow(Normalizer.Given, 3.5, 77 / 4.0)]
    public void PerImage(Normalizer normalizer, double first, double second)
    {
        var loss = new SquaredErrorLoss { Normalizer = normalizer, Reduction = Reduction.PerImage };
        LossRig.Close([first, second], Run(loss, normalizer), 1e-6, 0, normalizer.ToString());
    }

    // Differences 1 to 6, targets [[1, 1, 0], [0, 0, 0]].
    private static float[] Run(Loss loss, Normalizer normalizer)
    {
        var rig = new LossRig();
        var target = rig.Feed("t", new(2, 3), 1, 1, 0, 0, 0, 0);
        var prediction = target + rig.Feed("d", new(2, 3), 1, 2, 3, 4, 5, 6);
        var inputs = normalizer == Normalizer.Given ? new LossInputs { Normalizer = target.Like(4) } : null;
        return rig.RunFloats(loss.Of(prediction, target, inputs))[0];
    }

    // Weights of images and of elements; ignored elements leave sum, count and gradient.
    [TestMethod]
    public void WeightsAndIgnoredElements()
    {
        var rig = new LossRig();
        var x = rig.Feed("x", new(2, 3), 1, 2, 3, 4, 5, 6);
        var ignore = rig.Feed("ignore", Tensor.Of<bool>(new(2, 3), [false, true, false, false, false, true]));
        var weight = rig.Feed("weight", new(2), 1, 10);
        var loss = new SquaredErrorLoss().Of(x, x * 0f, new() { Weight = weight, Ignore = ignore });
        var results = rig.Finite(loss, x);
        Assert.AreEqual((1 + 9 + 160 + 250) / 4.0, results[0][0], 1e-4);
        LossRig.Close([0.5, 0, 1.5, 20, 25, 0], results[1], 1e-6, 0, "gradient");
    }

    [TestMethod]
    public void ElementsWithoutReduction()
    {
        var rig = new LossRig();
        var x = rig.Feed("x", new(2, 2), 1, 2, 3, 4);
        var ignore = rig.Feed("ignore", Tensor.Of<bool>(new(2), [false, true]));
        var loss = new L1Loss { Reduction = Reduction.None }.Of(x, x * 0f, new() { Ignore = ignore });
        CollectionAssert.AreEqual(new float[] { 1, 2, 0, 0 }, rig.RunFloats(loss)[0]);
    }

    [TestMethod]
    [DataRow(Normalizer.Mean)]
    [DataRow(Normalizer.PositivesPerImage)]
    [DataRow(Normalizer.PositivesPerBatch)]
    public void AllIgnoredGivesZero(Normalizer normalizer)
    {
        var rig = new LossRig();
        var x = rig.Feed("x", new(2, 3), 80, -80, 0, 1, 2, 3);
        var ignore = rig.Feed("ignore", Tensor.Of<bool>(new(2), [true, true]));
        var loss = new FocalLoss { Normalizer = normalizer }.Of(x, x * 0f + 1f, new() { Ignore = ignore });
        foreach (var values in rig.Finite(loss, x))
            Assert.IsTrue(values.All(value => value == 0));
    }

    [TestMethod]
    public void EmptyTensorsGiveZero()
    {
        foreach (var shape in new[] { new TensorShape(0, 3), new TensorShape(2, 0) })
        {
            var rig = new LossRig();
            var (x, t) = (rig.Feed("x", shape), rig.Feed("t", shape));
            Assert.AreEqual(0f, rig.Finite(new FocalLoss().Of(x, t), x)[0][0]);
        }
    }

    [TestMethod]
    public void WeightedSums()
    {
        var rig = new LossRig();
        var x = rig.Feed("x", new(1, 2), 2, -4);
        Loss sum = 0.5f * (new L1Loss() + 2f * new SquaredErrorLoss()) + new L1Loss { Normalizer = Normalizer.None };
        var results = rig.Finite(sum.Of(x, x * 0f), x);
        Assert.AreEqual(0.5 * 3 + 10 + 6, results[0][0], 1e-5);
        LossRig.Close([0.25 + 2 + 1, -0.25 - 4 - 1], results[1], 1e-6, 0, "gradient");
    }

    [TestMethod]
    public void ALossOfYourOwn()
    {
        var rig = new LossRig();
        var x = rig.Feed("x", new(1, 2), 1, -3);
        var results = rig.Finite(new CauchyLoss(2f).Of(x, x * 0f), x);
        Assert.AreEqual((Math.Log(1.25) + Math.Log(3.25)) / 2, results[0][0], 1e-6);
        LossRig.Close([0.5 / 1.25 / 2, -1.5 / 3.25 / 2], results[1], 1e-5, 0, "gradient");
    }

    // 16-bit floats are widened: 0.01 summed 4096 times would stop near 32 in 16 bits.
    [TestMethod]
    public void HalfPrecisionIsSummedInSingle()
    {
        var rig = new LossRig();
        Half[] values = [.. Enumerable.Repeat((Half)0.01, 4096)];
        var x = rig.Feed("x", Tensor.Of<Half>(new(1, 4096), values));
        var loss = new L1Loss { Normalizer = Normalizer.None }.Of(x, x * 0f);
        Assert.AreEqual(ElementType.Float32, loss.Type);
        var gradient = Gradient.Of(loss, [x])[0];
        Assert.AreEqual(ElementType.Float16, gradient.Type);
        Assert.AreEqual(4096 * (double)(Half)0.01, rig.RunFloats(loss)[0][0], 1e-3);
    }

    [TestMethod]
    public void RefusesWhatDoesNotFit()
    {
        var graph = new Graph();
        var (x, t) = (graph.Input("x", 2, 3), graph.Input("t", 2, 3));
        FocalLossTests.Refused(() => new L1Loss().Of(x, t, new() { Weight = graph.Input("w", 3) }),
            "L1Loss: Weight is w: Float32 [3]; expected the axes of the loss's elements [2, 3] from the left");
        FocalLossTests.Refused(() => new L1Loss().Of(x, t, new() { Ignore = t }),
            "L1Loss: Ignore is t: Float32 [2, 3]; expected Bool");
        FocalLossTests.Refused(() => new L1Loss { Normalizer = Normalizer.Given }.Of(x, t),
            "L1Loss: Normalizer is missing; expected a scalar or [2]");
        var wide = graph.Input("wide", ElementType.Float64, new(2, 3));
        FocalLossTests.Refused(() => new L1Loss().Of(wide, wide),
            "L1Loss: prediction is wide: Float64 [2, 3]; expected Float32, or floats of 16 bits");
        FocalLossTests.Refused(() => (float.NaN * new L1Loss()).Of(x, t), "LossSum: weights is NaN; expected finite");
    }
}
