using System.Buffers.Binary;
using System.Text;
using OnnxGraphs.Models;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Training;

[TestClass]
public sealed class OverlappingVectorsTests
{
    // A thousand vectors that are all the same megabyte would be a gigabyte.
    [TestMethod]
    public void VectorsOfACheckpointMayNotOverlap()
    {
        var header = Encoding.UTF8.GetBytes("{\"__metadata__\":{\"step\":\"1\",\"layout\":\"2\\ta\"},"
            + string.Join(',', Enumerable.Range(0, 3).Select(i => $"\"v{i}\":{{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}")) + "}");
        var file = new byte[8 + header.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, file);
        var error = Assert.ThrowsExactly<ModelException>(() => Checkpoint.Load(path));
        File.Delete(path);
        Assert.Contains("overlap", error.Message);
    }
}
