using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class IouLossTests
{
    public static IEnumerable<object[]> Corners => GoldenCase.Of("06_iou_losses",
        "iou_loss", "iou_squared_loss", "iou_log_loss", "giou_loss", "diou_loss", "ciou_loss");

    public static IEnumerable<object[]> Yolox => GoldenCase.Of("06_iou_losses", "yolox_iou_loss", "yolox_giou_loss");

    [TestMethod]
    [DynamicData(nameof(Corners))]
    public void MeetsTorchvision(GoldenCase c)
    {
        var rig = new LossRig();
        var (boxes1, boxes2) = (rig.Feed("boxes1", c.Input("boxes1")), rig.Feed("boxes2", c.Input("boxes2")));
        var loss = new IouLoss(c.Kind switch
        {
            "iou_loss" => IouKind.Iou,
            "iou_squared_loss" => IouKind.Squared,
            "iou_log_loss" => IouKind.Log,
            "giou_loss" => IouKind.Generalized,
            "diou_loss" => IouKind.Distance,
            _ => IouKind.Complete,
        }) { Epsilon = c.Number("eps") };
        rig.Meets(c, c.Reduced(loss).Of(boxes1, boxes2), ("boxes1", boxes1));
    }

    [TestMethod]
    [DynamicData(nameof(Yolox))]
    public void MeetsYolox(GoldenCase c)
    {
        var rig = new LossRig();
        var (pred, target) = (rig.Feed("pred", c.Input("pred")), rig.Feed("target", c.Input("target")));
        var kind = c.Kind == "yolox_iou_loss" ? IouKind.Squared : IouKind.Generalized;
        var loss = new IouLoss(kind) { Form = BoxForm.Centre, Epsilon = 1e-16f };
        rig.Meets(c, c.Reduced(loss).Of(pred, target), ("pred", pred));
    }

    [TestMethod]
    [DataRow(IouKind.Iou)]
    [DataRow(IouKind.Squared)]
    [DataRow(IouKind.Log)]
    [DataRow(IouKind.Generalized)]
    [DataRow(IouKind.Distance)]
    [DataRow(IouKind.Complete)]
    public void EmptyBoxesStayFinite(IouKind kind)
    {
        var rig = new LossRig();
        var boxes = rig.Feed("boxes", new(3, 4), 0, 0, 0, 0, 5, 5, 5, 9, 1, 1, 2, 2);
        var target = rig.Feed("target", new(3, 4), 0, 0, 0, 0, 5, 5, 5, 9, 8, 8, 8, 8);
        rig.Finite(new IouLoss(kind).Of(boxes, target), boxes);
    }

    [TestMethod]
    public void RefusesWrongArguments()
    {
        var x = new Graph().Input("x", 2, 3);
        FocalLossTests.Refused(() => new IouLoss().Of(x, x),
            "IouLoss: prediction is x: Float32 [2, 3]; expected boxes");
        FocalLossTests.Refused(() => new IouLoss { Epsilon = 0 }.Of(x, x), "IouLoss: Epsilon is 0; expected a finite");
    }
}
