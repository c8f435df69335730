using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>Heads with a box for each class beside the class logits, as Faster R-CNN has them.</summary>
[TestClass]
public sealed class BoxBranchTests
{
    private const int Places = 5, Features = 6;

    // Boxes of kept classes stay bit for bit, new ones are near zero.
    [TestMethod]
    [DataRow("Gemm", 3, 5)]
    [DataRow("Gemm", 5, 2)]
    [DataRow("MatMul", 3, 5)]
    [DataRow("Conv", 3, 5)]
    [DataRow("Gemm, quantised", 3, 5)]
    public void FollowTheClasses(string kind, int from, int to)
    {
        var model = Head(kind.Split(',')[0], from, boxes: from);
        if (kind.EndsWith("quantised", StringComparison.Ordinal))
            StoredForms.Quantized(model, perChannel: true);
        var changed = Replaced(model, to, new() { [0] = 0, [to - 1] = 1 });
        var (before, after) = (Value(model, "decoded"), Value(changed, "decoded"));
        Assert.AreEqual(new TensorShape(Places, to, 4), after.Shape);
        Assert.AreEqual(new TensorShape(Places, to), Value(changed, "classes").Shape);
        var (was, now) = (before.Values<float>().ToArray(), after.Values<float>().ToArray());
        for (var place = 0; place < Places; place++)
        {
            CollectionAssert.AreEqual(Box(was, place, from, 0), Box(now, place, to, 0));
            CollectionAssert.AreEqual(Box(was, place, from, 1), Box(now, place, to, to - 1));
            if (to > 2)
                Assert.IsTrue(Box(now, place, to, 1).All(value => Math.Abs(value) < 0.05f), "a new class's box");
        }
        var declared = changed.Proto.Graph.Output.Single(output => output.Name == "b").Type.TensorType.Shape;
        Assert.AreEqual(4 * to, declared.Dim[1].DimValue);
    }

    [TestMethod]
    [DataRow("Gemm", 1)]
    [DataRow("MatMul", 1)]
    public void SharedBoxesStay(string kind, int boxes)
    {
        var model = Head(kind, 3, boxes);
        var changed = Replaced(model, 5, new() { [0] = 0 });
        CollectionAssert.AreEqual(Value(model, "decoded").Data, Value(changed, "decoded").Data);
        Assert.AreEqual(model.Initializers["wb"], changed.Initializers["wb"]);
    }

    // Four times the class channels by chance: another layer follows, so these are features.
    [TestMethod]
    public void LayersBeforeOthersStay()
    {
        var model = Head("Gemm", 3, boxes: 3);
        model.Proto.Graph.Node.Add(Node("Gemm", ["b", "wm"], ["m"]));
        model.Proto.Graph.Initializer.Add(new RandomTensors().Normal(12, 2).ToProto("wm"));
        model.Proto.Graph.Output.Add(new ValueInfoProto { Name = "m" });
        var changed = Replaced(model, 5, []);
        Assert.AreEqual(model.Initializers["wb"], changed.Initializers["wb"]);
        CollectionAssert.AreEqual(Value(model, "m").Data, Value(changed, "m").Data);
    }

    [TestMethod]
    public void SaysWhereCoordinatesComeFirst()
    {
        var model = Head("Gemm", 3, boxes: 3);
        model.Proto.Graph.Node.Single(node => node.Output.Contains("rows")).Input[0] = "b";
        var shape = model.Proto.Graph.Initializer;
        shape[shape.IndexOf(model.Initializers["box_shape"])] = Tensor.Vector<long>(-1, 4, 3).ToProto("box_shape");
        var error = Assert.ThrowsExactly<ModelException>(() => Replaced(model, 5, []));
        StringAssert.Contains(error.Message, "[.., 4, 3], coordinate by coordinate");
    }

    // The exports of torchvision's heads: raw values are the outputs.
    [TestMethod]
    [DataRow(11)]
    [DataRow(13)]
    public void TakesTorchvisionsExport(int opset)
    {
        var model = OnnxModel.Load($"References/exports/faster_rcnn_{opset}.onnx");
        var input = model.Inputs.Single();
        var picture = new RandomTensors().Normal([.. input.Type.TensorType.Shape.Dim.Select(dim => dim.DimValue)]);
        var kept = new Dictionary<int, int> { [6] = 2 };
        var changed = HeadReplacement.Apply(model, "y1", 7, options: new() { Kept = kept });
        var feeds = new Dictionary<string, Tensor> { [input.Name] = picture };
        var (before, after) = (Subgraph.Run(model, feeds, ["y1", "y2"]), Subgraph.Run(changed, feeds, ["y1", "y2"]));
        Assert.AreEqual(new TensorShape(2, 7), after["y1"].Shape);
        Assert.AreEqual(new TensorShape(2, 28), after["y2"].Shape);
        CollectionAssert.AreEqual(Box(before["y2"].Values<float>().ToArray(), 1, 4, 2),
            Box(after["y2"].Values<float>().ToArray(), 1, 7, 6));
    }

    private static OnnxModel Replaced(OnnxModel model, int classes, Dictionary<int, int> kept) =>
        HeadReplacement.Apply(model, "classes", classes, options: new() { Kept = kept });

    private static float[] Box(float[] boxes, int place, int classes, int label) =>
        boxes[(4 * (place * classes + label))..(4 * (place * classes + label) + 4)];

    private static OnnxModel Head(string kind, int classes, int boxes)
    {
        var (random, map) = (new RandomTensors(), kind == "Conv");
        Tensor Weight(int channels) =>
            map ? random.Normal(channels, Features, 1, 1) : random.Normal(Features, channels);
        NodeProto[] Layer(string weight, string bias, string output) => kind == "MatMul"
            ? [Node("MatMul", ["x0", weight], [output + "/m"]), Node("Add", [output + "/m", bias], [output])]
            : [Node(kind, ["x0", weight, bias], [output])];
        var model = Model(13, [map ? random.Normal(Places, Features, 1, 1) : random.Normal(Places, Features)],
        [
            .. Layer("wc", "bc", "c"), .. Layer("wb", "bb", "b"), Node("Reshape", ["c", "class_shape"], ["classes"]),
            Node("Mul", ["b", "weight"], ["weighted"]), Node("Reshape", ["weighted", "box_shape"], ["rows"]),
            Node("Div", ["rows", "ten"], ["decoded"]),
        ], ("wc", Weight(classes)), ("bc", random.Normal(classes)), ("wb", Weight(4 * boxes)),
            ("bb", random.Normal(4 * boxes)), ("class_shape", Tensor.Vector<long>(-1, classes)),
            ("box_shape", Tensor.Vector<long>(-1, boxes, 4)), ("weight", Tensor.Scalar(ElementType.Float32, 0.1)),
            ("ten", Tensor.Scalar(ElementType.Float32, 10)));
        var declared = random.Normal(map ? [Places, 4 * boxes, 1, 1] : [Places, 4 * boxes]);
        model.Proto.Graph.Output.Add(HandMade.Value("b", declared));
        return model;
    }

    private static Tensor Value(OnnxModel model, string name)
    {
        long[] shape = [.. model.Inputs[0].Type.TensorType.Shape.Dim.Select(dim => dim.DimValue)];
        var feeds = new Dictionary<string, Tensor> { ["x0"] = new RandomTensors(7).Normal(shape) };
        return Subgraph.Run(model, feeds, [name])[name];
    }
}
