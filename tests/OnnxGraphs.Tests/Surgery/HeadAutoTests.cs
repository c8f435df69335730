using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

[TestClass]
public sealed class HeadAutoTests
{
    [TestMethod]
    [DataRow(3)]
    [DataRow(4)]
    public void FindsClassesAndBoxesByActivationAndNames(int classes)
    {
        OnnxModel[] models =
        [
            SmallHeads.AnchorMajor(classes), SmallHeads.FiveDimensions(classes), SmallHeads.ClassMajor(classes),
            SmallHeads.SharedLevels(classes), SmallHeads.Dense(classes, "MatMul"),
        ];
        foreach (var model in models)
        {
            var pair = HeadCut.Auto(model);
            Assert.AreEqual(("classes", "boxes"), (pair.Classes.Value, pair.Boxes.Value));
            Assert.AreEqual(HeadRole.Classes, pair.Classes.Role);
            Assert.AreEqual(HeadRole.Boxes, pair.Boxes.Role);
            Assert.IsNotNull(pair.Classes.Activation);
        }
    }

    // Four classes, four numbers a box, no activation, no telling name: only a guess could tell them apart.
    [TestMethod]
    public void SaysThatTwoEqualHeadsAreNotClear()
    {
        var model = Anonymous();
        var error = Assert.ThrowsExactly<ModelException>(() => HeadCut.Auto(model));
        StringAssert.Contains(error.Message, "not clear");
        StringAssert.Contains(error.Message, "--class-output");
        StringAssert.Contains(error.Message, "'u' [1, 32, 4]");
        StringAssert.Contains(error.Message, "'v' [1, 32, 4]");
        Assert.AreEqual("v", HeadCut.Auto(Anonymous(), classValue: "u").Boxes.Value);
        Assert.AreEqual("u", HeadCut.Auto(Anonymous(), boxValue: "v").Classes.Value);
    }

    // Suppression chooses rows of both heads by the scores: each output still comes from one head.
    [TestMethod]
    public void LooksThroughSuppression()
    {
        var model = SmallHeads.WithTail(SmallHeads.AnchorMajor(4),
        [
            Node("Transpose", ["scores"], ["by_class"], ("perm", new long[] { 0, 2, 1 })),
            Node("NonMaxSuppression", ["boxes", "by_class", "limit"], ["chosen"]),
            Node("Gather", ["chosen", "third"], ["rows"], ("axis", 1)),
            Node("Squeeze", ["boxes", "zero"], ["flat"]),
            Node("Gather", ["flat", "rows"], ["kept"], ("axis", 0)),
        ], ("limit", Tensor.Vector<long>(3)), ("third", Tensor.Scalar(ElementType.Int64, 2)),
            ("zero", Tensor.Vector<long>(0)));
        Assert.AreEqual("boxes", HeadCut.Find(model, "kept"));
        Assert.AreEqual("classes", HeadCut.Auto(model).Classes.Value);
    }

    [TestMethod]
    [DataRow("ultraface/version-RFB-320.onnx", "459", "460", "Softmax")]
    [DataRow("ultraface/version-RFB-320_without_postprocessing.onnx", "459", "boxes", "Softmax")]
    [DataRow("ssdlite320_mobilenet_v3_large_c4.onnx", "cls_logits", "bbox_regression", null)]
    [DataRow("ssdlite320_mobilenet_v3_large_full.onnx", "/head/classification_head/Concat_12_output_0",
        "/head/regression_head/Concat_12_output_0", "Softmax")]
    public void FindsTheHeadsOfRealModels(string file, string classes, string boxes, string? activation)
    {
        var pair = HeadCut.Auto(OnnxModel.Load(SharedFolder.Require("models", file)));
        Assert.AreEqual((classes, boxes, activation),
            (pair.Classes.Value, pair.Boxes.Value, pair.Classes.Activation));
    }

    private static OnnxModel Anonymous()
    {
        var model = SmallHeads.AnchorMajor(4);
        var names = new Dictionary<string, string>
        {
            ["classes"] = "u", ["boxes"] = "v", ["wc"] = "w0", ["wb"] = "w1", ["cls.bias"] = "w2",
            ["class_shape"] = "s0", ["box_shape"] = "s1",
        };
        var graph = model.Proto.Graph;
        graph.Node.Remove(graph.Node.Single(node => node.OpType == "Sigmoid"));
        foreach (var node in graph.Node)
        {
            for (var i = 0; i < node.Input.Count; i++)
                node.Input[i] = names.GetValueOrDefault(node.Input[i], node.Input[i]);
            node.Output[0] = names.GetValueOrDefault(node.Output[0], node.Output[0]);
        }
        foreach (var tensor in graph.Initializer)
            tensor.Name = names.GetValueOrDefault(tensor.Name, tensor.Name);
        foreach (var output in graph.Output.ToList())
            graph.Output.Remove(output);
        graph.Output.Add([new() { Name = "u" }, new() { Name = "v" }]);
        return model;
    }
}
