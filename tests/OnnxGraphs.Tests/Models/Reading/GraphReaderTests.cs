using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Models;

[TestClass]
public sealed class GraphReaderTests
{
    private static readonly RandomTensors Random = new(41);
    private static readonly Tensor Plane = Random.Normal(1, 2, 3, 4);

    [TestMethod]
    public void UnknownNameSuggestsTheNearest()
    {
        var model = Model(17, [Plane],
            [Node("Relu", ["x0"], ["features/relu"]), Node("Relu", ["features/relu"], ["scores"])]);
        var error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["score"]));
        StringAssert.Contains(error.Message, "no value named 'score'");
        StringAssert.Contains(error.Message, "Nearest names: 'scores',");
    }

    [TestMethod]
    public void ConstantIdentityAndDropoutVanish()
    {
        var model = Model(17, [Plane],
        [
            Node("Constant", [], ["two"], ("value", Tensor.Scalar(ElementType.Float32, 2))),
                Node("Identity", ["two"], ["also two"]),
            Node("Dropout", ["x0"], ["kept"]), Node("Mul", ["kept", "also two"], ["y"]),
        ]);
        var graph = new Graph();
        var written = GraphWriter.Write(GraphReader.Read(model, graph, ["y"]));
        Assert.AreEqual("Mul", string.Join(" ", written.Proto.Graph.Node.Select(node => node.OpType)));
        Close.AreEqual(OnnxRun.Once(model, ("x0", Plane))[0], OnnxRun.Once(written, ("x0", Plane))[0], 0);
    }

    [TestMethod]
    [DataRow("value_int", 3L)]
    [DataRow("value_float", 1.5f)]
    [DataRow("value_ints", new[] { 3L, 4L })]
    [DataRow("value_floats", new[] { 1.5f, 2.5f })]
    public void EveryKindOfConstantIsRead(string attribute, object value)
    {
        var model = Model(13, [], [Node("Constant", [], (attribute, value))]);
        var expected = OnnxRun.Once(model)[0];
        Close.AreEqual(expected, GraphReader.Read(model, new(), ["y"])[0].TryConstant()!, 0);
    }

    [TestMethod]
    public void ShapeArithmeticBecomesConstant()
    {
        var model = Model(11, [Plane],
        [
            Node("Shape", ["x0"], ["shape"]), Node("Gather", ["shape", "zero"], ["batch"]),
                Node("Unsqueeze", ["batch"], ["batch1"], ("axes", (long[])[0])),
            Node("Concat", ["batch1", "rest"], ["to"], ("axis", 0)), Node("Reshape", ["x0", "to"], ["y"]),
        ], ("zero", Tensor.Scalar(ElementType.Int64, 0)), ("rest", Tensor.Vector(-1L)));
        var graph = new Graph();
        var y = GraphReader.Read(model, graph, ["y"], Batch(8))[0];
        Assert.AreEqual(new TensorShape(8, 24), y.Shape);
        Assert.AreEqual("Reshape",
            string.Join(" ", GraphWriter.Write([y]).Proto.Graph.Node.Select(node => node.OpType)));
    }

    [TestMethod]
    public void NodesBehindTheValuesAreNotLookedAt()
    {
        var model = Model(17, [Plane],
            [Node("Relu", ["x0"], ["features"]), Node("NoSuchOperator", ["features"], ["y"])]);
        var graph = new Graph();
        GraphReader.Read(model, graph, ["features"]);
        Assert.HasCount(1, graph.Nodes);
    }

    // Statistics for every pixel are what no later opset can say.
    [TestMethod]
    public void NodesBehindTheValuesAreNotUpgraded()
    {
        var model = Model(8, [Plane],
        [
            Node("Relu", ["x0"], ["features"]),
            Node("BatchNormalization", ["features", "one", "one", "one", "one"], ["y"], ("spatial", 0)),
        ], ("one", Tensor.Filled(Plane.Shape, 1)));
        Assert.AreEqual(Plane.Shape, GraphReader.Read(model, new(), ["features"])[0].Shape);
        Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["y"]));
    }

    [TestMethod]
    public void UnusedNodesAreNotWritten()
    {
        var graph = new Graph();
        var x = graph.Input("x", 2, 3);
        _ = x * 3f;
        Assert.HasCount(1, GraphWriter.Write([x + 1f]).Proto.Graph.Node);
    }

    [TestMethod]
    public void AnotherImageSizeThanTheFilesIsRefused()
    {
        var model = Model(17, [Plane], [Node("Relu", ["x0"])]);
        var options = new ReadOptions
        {
            InputShapes = new Dictionary<string, TensorShape> { ["x0"] = new(1, 2, 5, 5) },
        };
        var error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["y"], options));
        StringAssert.Contains(error.Message, "[1, 2, 3, 4]");
        StringAssert.Contains(error.Message, "[1, 2, 5, 5]");
    }

    [TestMethod]
    public void AnOpenShapeMustBeGiven()
    {
        var model = Model(17, [Plane], [Node("Relu", ["x0"])]);
        model.Proto.Graph.Input[0].Type.TensorType.Shape.Dim[2].DimParam = "height";
        var error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["y"]));
        StringAssert.Contains(error.Message, "[1, 2, ?, 4]");
        model.Proto.Graph.Input[0].Type.TensorType.Shape = null;
        error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["y"]));
        StringAssert.Contains(error.Message, "of any rank");
        Assert.AreEqual(new TensorShape(8, 2, 3, 4), GraphReader.Read(model, new(), ["y"], Batch(8))[0].Shape);
    }

    [TestMethod]
    public void ParametersBecomeInputs()
    {
        var model = Model(17, [Plane], [Node("Add", ["x0", "bias"], ["a"]), Node("Mul", ["a", "scale"])],
            ("bias", Random.Normal(4)), ("scale", Random.Normal(4)));
        var graph = new Graph();
        GraphReader.Read(model, graph, ["y"], new() { IsParameter = name => name == "bias" });
        Assert.AreEqual("bias x0", string.Join(" ", graph.Inputs.Select(input => input.Name)));
        Assert.IsTrue(graph.Find("scale")!.IsConstant);
    }

    [TestMethod]
    public void OutputsLeftOutStayOut()
    {
        var nodes = new[] { Node("LayerNormalization", ["x0", "g"], ["a", "", "r"]),
            Node("LayerNormalization", ["a", "g"], ["y", "", "s"]) };
        var model = Model(17, [Plane], nodes, ("g", Random.Normal(4)));
        model.Proto.Graph.Output.RemoveAt(1);
        var values = GraphReader.Read(model, new(), ["y", "s"]);
        Assert.AreEqual("y: Float32 [1, 2, 3, 4], s: Float32 [1, 2, 3, 1]", string.Join(", ", values));
        var (expected, found) =
            (OnnxRun.Once(model, ("x0", Plane)), OnnxRun.Once(GraphWriter.Write(values), ("x0", Plane)));
        Close.AreEqual(expected[0], found[0], 1e-6f);
        Close.AreEqual(expected[1], found[1], 1e-6f);
    }

    [TestMethod]
    [DataRow("NoSuchOperator", "", "Operator NoSuchOperator 'late' is not known")]
    [DataRow("Relu", "com.example", "com.example.Relu 'late' is not a standard ONNX operator")]
    public void AnOperatorNotKnownIsNamed(string op, string domain, string expected)
    {
        var node = Node(op, ["x0"]);
        (node.Name, node.Domain) = ("late", domain);
        var error = Assert.ThrowsExactly<ModelException>(() =>
            GraphReader.Read(Model(17, [Plane], [node]), new(), ["y"]));
        StringAssert.Contains(error.Message, expected);
    }

    [TestMethod]
    public void ASubgraphOnThePathIsNamed()
    {
        var model = Model(17, [Plane], [Node("Softmax", ["x0"], ("then_branch", Body([], [Node("Relu", ["x0"])])))]);
        var error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["y"]));
        StringAssert.Contains(error.Message, "then_branch");
    }

    [TestMethod]
    public void AValueThatNothingComputesIsNamed()
    {
        var error = Assert.ThrowsExactly<ModelException>(() =>
            GraphReader.Read(Model(17, [Plane], [Node("Relu", ["nowhere"])]), new(), ["y"]));
        StringAssert.Contains(error.Message, "reads 'nowhere'");
    }

    // Conv then BatchNormalization, with and without a bias, against the same model not folded.
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void FoldedNormalizationComputesTheSame(bool bias)
    {
        var model = Model(15, [Plane],
        [
            Node("Conv", bias ? ["x0", "w", "b"] : ["x0", "w"], ["c"], ("pads", (long[])[1, 1, 1, 1])),
            Node("BatchNormalization", ["c", "s", "t", "m", "v"], ("epsilon", 1e-3f)),
        ], ("w", Random.Normal(3, 2, 3, 3)), ("b", Random.Normal(3)), ("s", Random.Normal(3)), ("t", Random.Normal(3)),
            ("m", Random.Normal(3)), ("v", Random.Uniform(0.5, 2, 3)));
        var folded = GraphReader.Read(model, new(), ["y"], new() { FoldBatchNormalization = true })[0];
        Assert.AreEqual("Conv", folded.Node!.Op);
        Close.AreEqual(OnnxRun.Once(model, ("x0", Plane))[0],
            OnnxRun.Once(GraphWriter.Write([folded]), ("x0", Plane))[0], 1e-5f);
    }

    // The convolution's own result is wanted too, so that its weights may not change.
    [TestMethod]
    public void NormalizationOfASharedConvolutionStays()
    {
        var model = Model(15, [Plane],
            [Node("Conv", ["x0", "w"], ["c"]), Node("BatchNormalization", ["c", "s", "s", "s", "v"], ["n"]),
            Node("Add", ["c", "n"])],
            ("w", Random.Normal(2, 2, 1, 1)), ("s", Random.Normal(2)), ("v", Random.Uniform(0.5, 2, 2)));
        var graph = new Graph();
        GraphReader.Read(model, graph, ["y"], new() { FoldBatchNormalization = true });
        Assert.AreEqual("Conv BatchNormalization Add", string.Join(" ", graph.Nodes.Select(node => node.Op)));
    }

    private static ReadOptions Batch(long size) =>
        new() { InputShapes = new Dictionary<string, TensorShape> { ["x0"] = Plane.Shape.With(0, size) } };
}
