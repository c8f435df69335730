using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Graphs;

[TestClass]
public sealed class HostTensorsTests
{
    public static IEnumerable<Tensor> Tensors =>
    [
        Tensor.Vector(1f, -2f), Tensor.Vector(1d), Tensor.Vector(3L), Tensor.Vector(4), Tensor.Vector((byte)5),
            Tensor.Vector(true, false),
        Tensor.Vector((Half)0.5f), Tensor.Scalar(ElementType.Float32, 6), Tensor.Of<float>(new(0, 3), []),
            Tensor.Of<long>(new(2, 1), [7, 8]),
    ];

    [TestMethod]
    [DynamicData(nameof(Tensors))]
    public void WhatIsWrittenIsRead(Tensor tensor)
    {
        using var value = HostTensors.Write(tensor);
        Close.AreEqual(tensor, HostTensors.Read(value), 0);
    }

    [TestMethod]
    public void NewMemoryIsZero()
    {
        using var value = HostTensors.Allocate(ElementType.Float32, new(100, 100));
        Assert.IsTrue(HostTensors.Read(value).Values<float>().ToArray().All(number => number == 0));
    }
}
