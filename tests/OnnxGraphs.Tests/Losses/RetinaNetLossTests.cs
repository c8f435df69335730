using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class RetinaNetLossTests
{
    public static IEnumerable<object[]> Keras => GoldenCase.Of("03_retinanet", "retinanet_seed000");

    public static IEnumerable<object[]> Torchvision => GoldenCase.Of("03_retinanet", "retinanet_torchvision");

    [TestMethod]
    [DynamicData(nameof(Keras))]
    public void MeetsThePackedForm(GoldenCase c)
    {
        var rig = new LossRig();
        var (pred, truth) = (rig.Feed("y_pred", c.Input("y_pred")), rig.Feed("y_true", c.Input("y_true")));
        var loss = new RetinaNetLoss
        {
            Classification = new(c.Number("alpha"), c.Number("gamma")),
            Box = new SmoothL1Loss(c.Number("delta")) { Form = SmoothL1Form.Literal },
        };
        rig.Meets(c, c.Text("reduction") == "none" ? loss.PerImage(pred, truth) : loss.Of(pred, truth), ("y_pred",
            pred));
    }

    [TestMethod]
    [DynamicData(nameof(Torchvision))]
    public void MeetsTorchvision(GoldenCase c)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", c.Input("cls_logits"));
        var deltas = rig.Feed("deltas", c.Input("bbox_regression"));
        var targets = GoldenBoxes.Targets(rig, c, 1, 1, label => label);
        var loss = new RetinaNetLoss
        {
            Classification = new(c.Number("alpha"), c.Number("gamma")),
            Box = new L1Loss(),
            EmptyImages = EmptyImages.CountAsOne,
        };
        rig.Meets(c, loss.Of(targets, logits, deltas), ("cls_logits", logits), ("bbox_regression", deltas));
    }

    [TestMethod]
    public void TermsMeetTorchvisions()
    {
        var c = (GoldenCase)Torchvision.First()[0];
        var rig = new LossRig();
        var (logits, deltas) = (rig.Feed("logits", c.Input("cls_logits")), rig.Feed("deltas",
            c.Input("bbox_regression")));
        var loss = new RetinaNetLoss { Box = new L1Loss(), EmptyImages = EmptyImages.CountAsOne };
        var terms = loss.Terms(GoldenBoxes.Targets(rig, c, 1, 1, label => label), logits, deltas);
        var results = rig.RunFloats(terms["classification"], terms["box"]);
        LossRig.Close(c.Output("classification"), results[0], 1e-5, 0, "classification");
        LossRig.Close(c.Output("bbox_regression"), results[1], 1e-5, 0, "box");
    }

    // Skipped images give nothing; images counted as one still push background logits down.
    [TestMethod]
    [DataRow(EmptyImages.Skip, -1)]
    [DataRow(EmptyImages.CountAsOne, -1)]
    [DataRow(EmptyImages.Skip, -2)]
    [DataRow(EmptyImages.CountAsOne, -2)]
    public void ImagesWithoutPositives(EmptyImages empty, int state)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", new(1, 3, 2), -80, 80, 0, 1, 2, 3);
        var deltas = rig.Feed("deltas", new(1, 3, 4), new float[12]);
        var targets = new DetectionTargets(rig.Labels("classes", new(1, 3), state, state, state), rig.Feed("boxes",
            new(1, 3, 4), new float[12]));
        var results = rig.Finite(new RetinaNetLoss { EmptyImages = empty }.Of(targets, logits, deltas), logits, deltas);
        Assert.AreEqual(empty == EmptyImages.CountAsOne && state == -1, results[0][0] > 0);
        Assert.AreEqual(empty == EmptyImages.CountAsOne && state == -1, results[1].Any(g => g > 0));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(1000)]
    public void AnyNumberOfClasses(int count)
    {
        var rig = new LossRig();
        var logits = rig.Feed("logits", new(2, 4, count), [.. Enumerable.Range(0, 8 * count).Select(i =>
            i % 161 - 80f)]);
        var deltas = rig.Feed("deltas", new(2, 4, 4), new float[32]);
        var targets = new DetectionTargets(rig.Labels("classes", new(2, 4), 0, count - 1, -1, -2, -2, -2, -2, -2),
            deltas * 0f + 1f);
        var results = rig.Finite(new RetinaNetLoss().Of(targets, logits, deltas), logits, deltas);
        Assert.IsGreaterThan(0, results[0][0]);
        Assert.IsTrue(results[1].Skip(3 * count).All(g => g == 0), "ignored anchors have no gradient");
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var graph = new Graph();
        var (logits, deltas) = (graph.Input("logits", 2, 6, 3), graph.Input("deltas", 2, 6, 4));
        var (classes, boxes) = (graph.Input("classes", ElementType.Int64, new(2, 6)), graph.Input("boxes", 2, 6, 4));
        var loss = new RetinaNetLoss();
        FocalLossTests.Refused(() => loss.Of(new(boxes, boxes), logits, deltas),
            "RetinaNetLoss: Classes is boxes: Float32 [2, 6, 4]; expected Int64 [2, 6]");
        FocalLossTests.Refused(() => loss.Of(new(classes, logits), logits, deltas),
            "RetinaNetLoss: Boxes is logits: Float32 [2, 6, 3]; expected Float32 [2, 6, 4]");
        FocalLossTests.Refused(() => loss.Of(new(classes, boxes), logits, logits),
            "RetinaNetLoss: deltas is logits: Float32 [2, 6, 3]; expected Float32 [2, 6, 4]");
        FocalLossTests.Refused(() => loss.Of(new(classes, boxes), classes, deltas),
            "RetinaNetLoss: logits is classes: Int64 [2, 6]; expected Float32 [B, N, C], C at least 1");
        FocalLossTests.Refused(() => new RetinaNetLoss { Classification = new(2f) }.Of(new(classes, boxes), logits,
            deltas), "FocalLoss: Alpha is 2");
        FocalLossTests.Refused(() => loss.Of(deltas, boxes),
            "RetinaNetLoss: prediction is deltas: Float32 [2, 6, 4]; expected [B, N, 4 + C]");
    }
}
