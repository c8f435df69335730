using MLNet.Detection.Builtin;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>Tails that an import cannot use: the message says what was found there, and what to do.</summary>
[TestClass]
public sealed class RefusedTailTests
{
    [TestMethod]
    public void Raw_boxes_that_are_joined_with_the_scores()
    {
        var small = Small();
        var graph = small.Proto.Graph;
        var decoding = graph.Node.SkipWhile(node => !node.Input.Contains("box_deltas")).ToList();
        foreach (var node in decoding.Where(node => node.Output[0] != "scores"))
            graph.Node.Remove(node);
        graph.Output.Clear();
        Add(small, "joined", "Concat", 2, "box_deltas", "scores");
        var message = Refusal(small, "a", "b", "c");
        StringAssert.Contains(message, "'box_deltas' holds raw deltas, and nothing behind it decodes them with anchors");
        StringAssert.Contains(message, "'joined' only joins them with 'scores'. Give the anchors");
    }

    // As a suppression that does not tell classes apart goes by the first one, or by background.
    [TestMethod]
    public void One_class_that_is_picked_alone()
    {
        var small = Small();
        small.Proto.Graph.Initializer.Add(Tensor.Scalar(ElementType.Int64, 1).ToProto("column"));
        Add(small, "picked", "Gather", 2, "scores", "column");
        _ = Import("a", "b", "c").Apply(small);
        var message = Refusal(small, "a", "b", "c", "d", "e");
        StringAssert.Contains(message, "'picked' picks column 1 of the classes alone");
        StringAssert.Contains(message, "5 columns in place of 3");
        Assert.DoesNotContain("loop", message);
    }

    private static OnnxModel Small() =>
        new SmallDetector { Classes = ["a", "b", "c"], Width = 64, Height = 64 }.Build().Model.Clone();

    private static void Add(OnnxModel model, string name, string op, int axis, params string[] inputs)
    {
        var node = new NodeProto { OpType = op, Input = { inputs }, Output = { name } };
        node.Attribute.Add(new AttributeProto { Name = "axis", I = axis, Type = AttributeProto.Types.AttributeType.Int });
        model.Proto.Graph.Node.Add(node);
        model.Proto.Graph.Output.Add(new ValueInfoProto { Name = name });
    }

    private static DetectorImport Import(params string[] classes) =>
        new() { Classes = classes, Normalization = Normalization.Unit };

    private static string Refusal(OnnxModel model, params string[] classes) =>
        Assert.ThrowsExactly<ModelException>(() => Import(classes).Apply(new(model.Proto, "file.onnx"))).Message;
}
