using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class TensorTests
{
    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.Float64)]
    [DataRow(ElementType.Float16)]
    [DataRow(ElementType.Int64)]
    [DataRow(ElementType.Int32)]
    [DataRow(ElementType.UInt8)]
    [DataRow(ElementType.Bool)]
    public void ScalarsOfEveryTypeHoldOne(ElementType type)
    {
        var graph = new Graph();
        var number = Ops.Op.Cast(graph.Constant(Tensor.Scalar(type, 1)), ElementType.Float32);
        Assert.AreEqual(1f, number.TryConstant()!.Values<float>()[0]);
    }

    [TestMethod]
    public void TheWrongTypeIsRefused()
    {
        var tensor = Tensor.Vector(1L, 2L);
        CollectionAssert.AreEqual((long[])[1, 2], tensor.Values<long>().ToArray());
        StringAssert.Contains(Assert.ThrowsExactly<GraphException>(() => { tensor.Values<float>(); }).Message,
            "holds Int64, not Single");
        StringAssert.Contains(Assert.ThrowsExactly<GraphException>(() => Tensor.Vector(1f).ToInt64()).Message,
            "Expected integers");
    }

    [TestMethod]
    public void ReshapeKeepsTheElements()
    {
        var tensor = Tensor.Vector(1f, 2f, 3f, 4f).Reshape(new(2, 2));
        Assert.AreEqual(new TensorShape(2, 2), tensor.Shape);
        Assert.AreEqual(4f, tensor.Values<float>()[3]);
        StringAssert.Contains(Assert.ThrowsExactly<GraphException>(() => tensor.Reshape(new(3))).Message,
            "4 against 3");
    }
}
