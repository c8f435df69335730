using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class CrossEntropyLossTests
{
    [TestMethod]
    [DataRow(-1)]
    [DataRow(1)]
    public void ExtremeLogitsStayFinite(int axis)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", new(1, 2, 2), 80, -80, -80, 80);
        var loss = new CrossEntropyLoss { Axis = axis, Normalizer = Normalizer.None };
        var results = rig.Finite(loss.Of(logits, rig.Labels("target", new(1, 2), 0, 0)), logits);
        Assert.AreEqual(160f, results[0][0]);
        double[] gradient = axis == 1 ? [0, -1, 0, 1] : [0, 0, -1, 1];
        LossRig.Close(gradient, results[1], 1e-6, 1e-9, "gradient");
    }

    [TestMethod]
    public void OneClassGivesZero()
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", new(2, 1), 3, -80);
        foreach (var values in rig.Finite(new CrossEntropyLoss().Of(logits, rig.Labels("t", new(2), 0, 0)), logits))
            Assert.IsTrue(values.All(value => value == 0));
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var graph = new Graph();
        var (x, t) = (graph.Input("x", 2, 5), graph.Input("t", ElementType.Int64, new(2)));
        FocalLossTests.Refused(() => new CrossEntropyLoss { Axis = 2 }.Of(x, t),
            "CrossEntropyLoss: Axis is 2; expected an axis of [2, 5]");
        FocalLossTests.Refused(() => new CrossEntropyLoss().Of(x, x),
            "CrossEntropyLoss: target is x: Float32 [2, 5]; expected Int64 [2]");
        FocalLossTests.Refused(() => new CrossEntropyLoss().Of(graph.Input("none", 2, 0), t),
            "CrossEntropyLoss: prediction is none: Float32 [2, 0]; expected at least one class");
    }
}
