using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class GraphWriterTests
{
    private static readonly Tensor Numbers = Tensor.Vector(1f, -2f, 3f);

    [TestMethod]
    public void AnOutputThatOnlyStandsForAnotherIsWritten()
    {
        var graph = new Graph();
        var x = graph.Input("x", 3);
        var found = OnnxRun.Once(GraphWriter.Write([Op.Detach(x), Op.Detach(Op.Relu(x))]), ("x", Numbers));
        Close.AreEqual(Numbers, found[0], 0);
        Close.AreEqual(Tensor.Vector(1f, 0f, 3f), found[1], 0);
    }

    [TestMethod]
    public void DeclaredInputsStayThoughNothingNeedsThem()
    {
        var graph = new Graph();
        var x = graph.Input("x", 3);
        graph.Input("unused", ElementType.Int64, new(2));
        graph.Output("y", x + 1f);
        var model = GraphWriter.Write(graph, "step");
        Assert.AreEqual("step", model.Proto.Graph.Name);
        Assert.AreEqual("x unused", string.Join(" ", model.Inputs.Select(input => input.Name)));
        Close.AreEqual(Tensor.Vector(2f, -1f, 4f),
            OnnxRun.Once(model, ("x", Numbers), ("unused", Tensor.Vector(1L, 2L)))[0], 0);
    }

    // ONNX Runtime computes the inputs of a node from the one that comes last in the file to the first.
    [TestMethod]
    public void PartsOfAVectorStandBeforeItInTheirOrderEachByOneReshape()
    {
        var graph = new Graph();
        var x = graph.Input("x", 2, 3);
        var first = Op.Reshape(x + 1f, 6);
        var second = Op.Reshape(Op.Reshape(Op.Relu(x), 3, 2), 6);
        var third = Op.Reshape(Op.Tanh(x), 6);
        graph.Output("y", Op.Concat([third, first, second], 0));
        var model = GraphWriter.Write(graph, "step");
        var nodes = model.Proto.Graph.Node.Where(node => node.OpType is not ("Constant" or "Identity")).ToList();
        CollectionAssert.AreEqual(new[] { "Reshape", "Reshape", "Reshape", "Concat" }, nodes.TakeLast(4).Select(node => node.OpType).ToArray());
        CollectionAssert.AreEqual(new[] { "Tanh", "Add", "Relu" },
            nodes.TakeLast(4).Take(3).Select(node => model.Producers[node.Input[0]].OpType).ToArray());
        var numbers = Tensor.Of<float>(new(2, 3), [1, -2, 3, -4, 5, -6]);
        float[] expected = [.. numbers.Values<float>().ToArray().Select(MathF.Tanh), 2, -1, 4, -3, 6, -5, 1, 0, 3, 0, 5, 0];
        Close.AreEqual(Tensor.Vector(expected), OnnxRun.Once(model, ("x", numbers))[0], 1e-6f);
    }

    [TestMethod]
    public void EveryElementTypeComesBack()
    {
        Tensor[] tensors =
        [
            Numbers, Tensor.Vector(1d), Tensor.Vector(1L, long.MinValue), Tensor.Vector(-7), Tensor.Vector((byte)200),
                Tensor.Vector((sbyte)-3),
            Tensor.Vector(true, false), Tensor.Vector((Half)1.5f), Tensor.Of<float>(new(0, 3), []),
                Tensor.Scalar(ElementType.Float32, 4),
        ];
        foreach (var tensor in tensors)
            Close.AreEqual(tensor, tensor.ToProto("t").ToTensor(), 0);
    }

    [TestMethod]
    public void KnownValuesAreWrittenAsConstants()
    {
        var graph = new Graph();
        var known = Op.Exp(graph.Constant(Numbers)) * 2f;
        Assert.IsNotNull(known.TryConstant());
        var model = GraphWriter.Write([graph.Input("x", 3) + known]);
        Assert.AreEqual("Add", string.Join(" ", model.Proto.Graph.Node.Select(node => node.OpType)));
        Assert.HasCount(1, model.Initializers);
    }
}
