using OnnxGraphs.Graphs;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class FloatTensorsTests
{
    private static readonly float[] Exact = [0, -0f, 1, -1.5f, 0.0078125f, 384, float.PositiveInfinity];

    [TestMethod]
    [DataRow(ElementType.Float32)]
    [DataRow(ElementType.Float64)]
    [DataRow(ElementType.Float16)]
    [DataRow(ElementType.BFloat16)]
    public void ExactValuesComeBack(ElementType type)
    {
        var stored = FloatTensors.FromFloat32(new(7), Exact, type);
        Assert.AreEqual(type, stored.Type);
        Assert.HasCount(7 * type.Size(), stored.Data);
        CollectionAssert.AreEqual(Exact, stored.ToFloat32().Values<float>().ToArray());
    }

    // 1 + 2^-8 lies between two brain floats, 1 and 1 + 2^-7: to even. A little more rounds up.
    [TestMethod]
    public void BrainFloatsAreTheNearest() => CollectionAssert.AreEqual(
        new[] { 1f, 1.0078125f, 1.015625f, -3.140625f, float.NaN },
        FloatTensors.FromFloat32(new(5), [1.00390625f, 1.0042f, 1.01171875f, -3.1415927f, float.NaN],
            ElementType.BFloat16).ToFloat32().Values<float>().ToArray());

    [TestMethod]
    public void IntegersAreNoFloats()
    {
        var error = Assert.ThrowsExactly<GraphException>(() => Tensor.Vector(1L).ToFloat32());
        StringAssert.Contains(error.Message, "Int64 [1]");
        Assert.ThrowsExactly<GraphException>(() => FloatTensors.FromFloat32(new(1), [1], ElementType.Int8));
    }
}
