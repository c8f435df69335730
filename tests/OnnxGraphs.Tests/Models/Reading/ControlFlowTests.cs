using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Models;

/// <summary>Branches and loops become the nodes that ONNX Runtime runs.</summary>
[TestClass]
public sealed class ControlFlowTests
{
    private static readonly RandomTensors Random = new(81);
    private static readonly Tensor Plane = Random.Normal(2, 3);
    private static readonly Tensor Weight = Random.Normal(3, 3);

    private static readonly Tensor True = Tensor.Scalar(ElementType.Bool, 1);
    private static readonly Tensor False = Tensor.Scalar(ElementType.Bool, 0);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void TheBranchOfAStoredConditionIsTaken(bool truth) =>
        Same(Model(13, [Plane], Branches("c"), ("c", truth ? True : False), ("w", Weight)), "MatMul", truth);

    [TestMethod]
    [DataRow(2, true)]
    [DataRow(3, false)]
    public void AConditionOnShapesIsKnown(long rows, bool truth) => Same(Model(13, [Plane],
        [
            Node("Shape", ["x0"], ["shape"]), Node("Gather", ["shape", "first"], ["count"]),
            Node("Equal", ["count", "two"], ["c"]), .. Branches("c"),
        ], ("first", Tensor.Scalar(ElementType.Int64, 0)), ("two", Tensor.Scalar(ElementType.Int64, rows)),
            ("w", Weight)), "MatMul", truth);

    [TestMethod]
    public void WeightsInsideABranchAreTrained()
    {
        var model = Model(13, [Plane], Branches("c"), ("c", True), ("w", Weight));
        Assert.AreEqual("w", string.Join(" ", TrainableWeights.Of(model, ["y"])));
        var graph = new Graph();
        GraphReader.Read(model, graph, ["y"], new() { IsParameter = name => name == "w" });
        Assert.AreEqual("w", graph.Nodes.Single(node => node.Op == "MatMul")[1].Name);
    }

    [TestMethod]
    public void AConditionOnDataIsRefused()
    {
        var model = Model(13, [Plane],
        [
            Node("ReduceSum", ["x0"], ["sum"], ("keepdims", 0)), Node("Greater", ["sum", "zero"], ["c"]),
            .. Branches("c"),
        ], ("zero", Tensor.Scalar(ElementType.Float32, 0)), ("w", Weight));
        var error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["y"]));
        StringAssert.Contains(error.Message, "If 'choice': its condition 'c' depends on the model's inputs");
        StringAssert.Contains(error.Message, "cut it before this node");
        // Cut off, it is never looked at.
        Assert.AreEqual(TensorShape.Scalar, GraphReader.Read(model, new(), ["sum"])[0].Shape);
    }

    [TestMethod]
    public void ALoopOfAStoredCountIsUnrolled() => Same(Model(13, [Plane],
        [Loop(["count", "", "x0"], Turn("goes"))],
        ("count", Tensor.Scalar(ElementType.Int64, 3)), ("w", Weight), ("last", Tensor.Scalar(ElementType.Int64, 9))),
            "MatMul", true);

    // The loop ends by its condition, after the turns 0 and 1.
    [TestMethod]
    public void ALoopEndsByItsCondition() => Same(Model(13, [Plane],
        [Loop(["", "c", "x0"], Turn("goes"))],
        ("c", True), ("w", Weight), ("last", Tensor.Scalar(ElementType.Int64, 1))), "MatMul", true);

    [TestMethod]
    public void ALoopOfNoTurnKeepsItsState()
    {
        var model = Model(13, [Plane], [Loop(["count", "", "x0"], Turn("goes"))],
            ("count", Tensor.Scalar(ElementType.Int64, 0)), ("w", Weight),
            ("last", Tensor.Scalar(ElementType.Int64, 9)));
        var error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["y"]));
        StringAssert.Contains(error.Message, "collects results of no turn");
    }

    [TestMethod]
    public void ALoopOnDataIsRefused()
    {
        var model = Model(13, [Plane],
            [Node("ArgMax", ["x0"], ["places"]), Node("ReduceMax", ["places"], ["count"], ("keepdims", 0)),
                Loop(["count", "", "x0"], Turn("goes"))],
            ("w", Weight), ("last", Tensor.Scalar(ElementType.Int64, 1)));
        var error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["y"]));
        StringAssert.Contains(error.Message, "Loop '': its number of turns 'count' depends on the model's inputs");
    }

    [TestMethod]
    public void AnEndlessLoopIsRefused()
    {
        var body = Body(["i", "c", "state"], [Node("Cos", ["state"], ["next"])], ["c", "next"]);
        var model = Model(13, [Plane], [Node("Loop", ["", "go", "x0"], ("body", body))], ("go", True));
        var error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(model, new(), ["y"]));
        StringAssert.Contains(error.Message, "more than 100000 nodes");
    }

    private static NodeProto[] Branches(string condition)
    {
        var node = Node("If", [condition], ("then_branch", Body([], [Node("MatMul", ["x0", "w"], ["kept"]),
            Node("Relu", ["kept"], ["then"])])), ("else_branch", Body([], [Node("Mul", ["x0", "two"], ["else"])], null,
            ("two", Tensor.Scalar(ElementType.Float32, 2)))));
        node.Name = "choice";
        return [node];
    }

    private static NodeProto Loop(string[] inputs, GraphProto body) =>
        Node("Loop", inputs, ["y", "turns"], ("body", body));

    // state' = relu(state w) + turn; goes on below the last turn; collects the sum of each state.
    private static GraphProto Turn(string condition)
    {
        var body = Body(["i", "c", "state"], Steps(condition), [condition, "next", "sum"]);
        foreach (var (input, type) in body.Input.Zip((Tensor[])[Tensor.Scalar(ElementType.Int64, 0), True, Plane]))
            input.Type = Value(input.Name, type).Type;
        return body;
    }

    private static NodeProto[] Steps(string condition) =>
    [
        Node("MatMul", ["state", "w"], ["product"]), Node("Relu", ["product"], ["positive"]),
        Node("Cast", ["i"], ["number"], ("to", 1)), Node("Add", ["positive", "number"], ["next"]),
        Node("Less", ["i", "last"], [condition]), Node("ReduceSum", ["next"], ["sum"], ("keepdims", 0)),
    ];

    private static void Same(OnnxModel model, string op, bool holds)
    {
        var graph = new Graph();
        var values = GraphReader.Read(model, graph, model.OutputNames);
        Assert.AreEqual(holds, graph.Nodes.Any(node => node.Op == op));
        Assert.IsFalse(graph.Nodes.Any(node => node.Op is "If" or "Loop"));
        var (expected, found) =
            (OnnxRun.Once(model, ("x0", Plane)), OnnxRun.Once(GraphWriter.Write(values, graph.Inputs), ("x0", Plane)));
        for (var i = 0; i < expected.Length; i++)
            Close.AreEqual(expected[i], found[i], 1e-5f);
    }
}
