using Google.Protobuf;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Tests.Models;

[TestClass]
public sealed class TensorsTests
{
    [TestMethod]
    public void StoredBytesAreNotCopied()
    {
        var proto = Tensor.Vector(1f, 2f, 3f).ToProto("x");
        Assert.AreSame(proto.ToTensor().Data, proto.ToTensor().Data);
    }

    // A message may hold a part of a larger buffer.
    [TestMethod]
    public void APartOfABufferIsReadAlone()
    {
        var buffer = Tensor.Vector(1f, 2f, 3f).Data;
        var proto = Tensor.Vector(0f).ToProto("x");
        proto.RawData = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(4, 4));
        CollectionAssert.AreEqual(Tensor.Vector(2f).Data, proto.ToTensor().Data);
    }
}
