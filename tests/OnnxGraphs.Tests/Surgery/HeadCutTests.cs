using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

[TestClass]
public sealed class HeadCutTests
{
    [TestMethod]
    [DataRow("scores", "classes")]
    [DataRow("classes", "classes")]
    [DataRow("boxes", "boxes")]
    public void StepsBackOverTheActivation(string name, string raw)
    {
        Assert.AreEqual(raw, HeadCut.Find(SmallHeads.AnchorMajor(3), name));
        Assert.AreEqual(raw, HeadCut.Find(SmallHeads.ClassMajor(3), name));
        Assert.AreEqual(raw, HeadCut.Find(SmallHeads.FiveDimensions(3), name));
        Assert.AreEqual(raw, HeadCut.Find(SmallHeads.SharedLevels(3), name));
        Assert.AreEqual(raw, HeadCut.Find(SmallHeads.Dense(3, "MatMul"), name));
    }

    [TestMethod]
    public void StepsBackOverTheDecodingOfBoxes() => Assert.AreEqual("boxes", HeadCut.Find(Decoded(), "corners"));

    // The size of the picture, asked of an inner value, carries none of that value's numbers.
    [TestMethod]
    public void DoesNotFollowShapes()
    {
        var model = SmallHeads.WithTail(SmallHeads.AnchorMajor(3),
            [Node("Shape", ["classes"], ["s"]), Node("Gather", ["s", "one"], ["rows"]),
                Node("Cast", ["rows"], ["n"], ("to", 1)),
                Node("Div", ["boxes", "n"], ["scaled"])], ("one", Tensor.Vector<long>(1)));
        Assert.AreEqual("boxes", HeadCut.Find(model, "scaled"));
    }

    [TestMethod]
    public void NamesTheNearestOfAnUnknownName()
    {
        var error = Assert.ThrowsExactly<ModelException>(() => HeadCut.Find(SmallHeads.AnchorMajor(3), "score"));
        StringAssert.Contains(error.Message, "'score'");
        StringAssert.Contains(error.Message, "'scores'");
    }

    [TestMethod]
    public void ListsTheRawValuesWhereSeveralMix()
    {
        var model = SmallHeads.WithTail(SmallHeads.AnchorMajor(4),
            [Node("Concat", ["scores", "boxes"], ["all"], ("axis", 2))]);
        var error = Assert.ThrowsExactly<ModelException>(() => HeadCut.Find(model, "all"));
        StringAssert.Contains(error.Message, "classes");
        StringAssert.Contains(error.Message, "boxes");
        StringAssert.Contains(error.Message, "before the activation");
    }

    [TestMethod]
    public void SaysWhereNoLayerLiesBefore()
    {
        var error = Assert.ThrowsExactly<ModelException>(() => HeadCut.Find(SmallHeads.AnchorMajor(3), "x0"));
        StringAssert.Contains(error.Message, "no layer lies before 'x0'");
    }

    [TestMethod]
    [DataRow("version-RFB-320.onnx", false)]
    [DataRow("version-RFB-320_without_postprocessing.onnx", true)]
    public void FindsTheRawValuesOfUltraFace(string file, bool boxesAreRaw)
    {
        var model = OnnxModel.Load(SharedFolder.Require("models", "ultraface", file));
        var (classes, boxes) = (HeadCut.Find(model, "scores"), HeadCut.Find(model, "boxes"));
        Assert.AreEqual("Softmax", model.Proto.Graph.Node.Single(node => node.Input.Contains(classes)).OpType);
        Assert.AreEqual("Concat", model.Producers[classes].OpType);
        Assert.AreEqual(boxesAreRaw, boxes == "boxes");
        Assert.AreEqual("Concat", model.Producers[boxes].OpType);
        Assert.HasCount(4, HeadBranches(model, classes));
    }

    [TestMethod]
    public void FindsTheRawValuesOfSsdLite()
    {
        var model = OnnxModel.Load(SharedFolder.Require("models", "ssdlite320_mobilenet_v3_large_c4.onnx"));
        Assert.AreEqual("cls_logits", HeadCut.Find(model, "cls_logits"));
        Assert.AreEqual("bbox_regression", HeadCut.Find(model, "bbox_regression"));
    }

    private static OnnxModel Decoded() => SmallHeads.WithTail(SmallHeads.AnchorMajor(3),
        [Node("Slice", ["boxes", "zero", "two", "axis"], ["d"]), Node("Mul", ["d", "size"], ["shift"]),
            Node("Add", ["shift", "centre"], ["c0"]),
            Node("Slice", ["boxes", "two", "four", "axis"], ["e"]), Node("Exp", ["e"], ["grow"]),
            Node("Mul", ["grow", "size"], ["wh"]),
            Node("Concat", ["c0", "wh"], ["corners"], ("axis", 2))],
        ("zero", Tensor.Vector<long>(0)), ("two", Tensor.Vector<long>(2)), ("four", Tensor.Vector<long>(4)),
        ("axis", Tensor.Vector<long>(2)),
        ("size", Tensor.Filled(new(1, SmallHeads.Rows, 2), 1)),
            ("centre", Tensor.Filled(new(1, SmallHeads.Rows, 2), 1)));

    private static string[] HeadBranches(OnnxModel model, string concat) => [.. model.Producers[concat].Input];
}
