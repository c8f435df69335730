using OnnxGraphs.Graphs;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class TensorShapeTests
{
    [TestMethod]
    [DataRow(new long[] { 2, 3 }, new long[] { 3 }, new long[] { 2, 3 })]
    [DataRow(new long[] { 2, 1 }, new long[] { 1, 3 }, new long[] { 2, 3 })]
    [DataRow(new long[] { }, new long[] { 4 }, new long[] { 4 })]
    [DataRow(new long[] { 1 }, new long[] { 0 }, new long[] { 0 })]
    [DataRow(new long[] { 5, 0 }, new long[] { 1 }, new long[] { 5, 0 })]
    [DataRow(new long[] { 2 }, new long[] { 3 }, null)]
    [DataRow(new long[] { 0 }, new long[] { 2 }, null)]
    public void BroadcastsAsNumPyDoes(long[] a, long[] b, long[]? expected)
    {
        foreach (var found in new[] { TensorShape.Broadcast(new(a), new(b)), TensorShape.Broadcast(new(b), new(a)) })
            Assert.AreEqual(expected is null ? null : new TensorShape(expected), found);
    }

    [TestMethod]
    public void EqualDimensionsAreEqualShapes()
    {
        TensorShape a = new(2, 3), b = new(2, 3);
        Assert.IsTrue(a == b && a.Equals((object)b) && !(a != b));
        Assert.AreEqual(a.GetHashCode(), b.GetHashCode());
        Assert.IsTrue(a != new TensorShape(3, 2) && a != new TensorShape(2, 3, 1));
    }

    [TestMethod]
    public void AxesCountFromBothEnds()
    {
        var shape = new TensorShape(2, 3, 4);
        Assert.AreEqual(4, shape[-1]);
        Assert.AreEqual(new TensorShape(2, 7, 4), shape.With(-2, 7));
        Assert.AreEqual(24, shape.Size);
        StringAssert.Contains(Assert.ThrowsExactly<GraphException>(() => shape[3]).Message,
            "Axis 3 is outside shape [2, 3, 4]");
        StringAssert.Contains(Assert.ThrowsExactly<GraphException>(() => shape[-4]).Message, "Axis -4");
    }

    [TestMethod]
    public void AScalarHasOneElement()
    {
        Assert.AreEqual(1, TensorShape.Scalar.Size);
        Assert.AreEqual("[]", TensorShape.Scalar.ToString());
        Assert.AreEqual(0, new TensorShape(3, 0, 2).Size);
    }
}
