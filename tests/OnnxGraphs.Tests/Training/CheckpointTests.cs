using System.Text;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Training;

[TestClass]
public sealed class CheckpointTests
{
    private static readonly Checkpoint Example = new(41,
        new([new("conv.weight", new(2, 3), 0), new("a\tname with ünusual \"signs\"", TensorShape.Scalar, 6)]),
        new Dictionary<string, float[]> { ["training/parameters"] = [1, -2.5f, float.NaN, float.MaxValue, -0f, 1e-45f,
            7], ["training/momentum"] = new float[7] })
    {
        Notes = new Dictionary<string, string> { ["epochs"] = "20", ["optimizer"] = "AdamW { Beta1 = 0.9 }" },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("checkpoint-").FullName;

    private string File => Path.Combine(_folder, "checkpoint.safetensors");

    [TestCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ComesBackBitForBit()
    {
        Example.Save(File);
        var back = Checkpoint.Load(File);
        Assert.AreEqual(41, back.Step);
        CollectionAssert.AreEqual(Example.Layout.Entries.ToArray(), back.Layout.Entries.ToArray());
        CollectionAssert.AreEqual(Example.Notes.ToArray(), back.Notes.ToArray());
        CollectionAssert.AreEqual(Example.Vectors.Keys.ToArray(), back.Vectors.Keys.ToArray());
        foreach (var (name, values) in Example.Vectors)
            CollectionAssert.AreEqual(Bits(values), Bits(back.Vectors[name]), name);
        Assert.HasCount(1, Directory.GetFiles(_folder), "nothing is left beside the file");
    }

    // https://github.com/huggingface/safetensors: header length, JSON header, values at a multiple of 8.
    [TestMethod]
    public void IsASafetensorsFile()
    {
        Example.Save(File);
        var bytes = System.IO.File.ReadAllBytes(File);
        var header = (int)BitConverter.ToInt64(bytes);
        Assert.AreEqual(0, header % 8);
        Assert.AreEqual(8 + header + 2 * 7 * 4, bytes.Length);
        StringAssert.StartsWith(Encoding.UTF8.GetString(bytes, 8, header), "{\"__metadata__\":{");
        Assert.AreEqual(-2.5f, BitConverter.ToSingle(bytes, 8 + header + 4));
    }

    [TestMethod]
    public void NamesAFileThatIsMissing() => Fails("no such checkpoint");

    [TestMethod]
    public void NamesAFileThatIsTruncated()
    {
        Example.Save(File);
        var bytes = System.IO.File.ReadAllBytes(File);
        foreach (var length in new[] { 0, 1, 7, 8, 20, 200, bytes.Length - 4, bytes.Length - 1 })
        {
            System.IO.File.WriteAllBytes(File, bytes[..length]);
            Fails("not a complete checkpoint");
        }
    }

    [TestMethod]
    [DataRow("\"dtype\":\"F32\"", "\"dtype\":\"F16\"", "F16")]
    [DataRow("\"shape\"", "\"shapf\"\"", "not a complete checkpoint")]
    [DataRow("data_offsets", "data_offsetz", "not a complete checkpoint")]
    [DataRow("\"step\":\"41\"", "\"step\":\"4x\"", "no checkpoint of a training run")]
    [DataRow("\"layout\":\"2,3", "\"layout\":\"2,x", "list of parameters is damaged")]
    public void NamesAFileWithADamagedHeader(string found, string replacement, string message)
    {
        Example.Save(File);
        var text = Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(File));
        StringAssert.Contains(text, found);
        var at = text.IndexOf(found, StringComparison.Ordinal);
        System.IO.File.WriteAllBytes(File,
            Encoding.Latin1.GetBytes(text[..at] + replacement + text[(at + replacement.Length)..]));
        Fails(message);
    }

    [TestMethod]
    public void NamesAFileOfAnotherKind()
    {
        System.IO.File.WriteAllText(File, "step,epoch,learning_rate,loss,seconds\n1,1,0.001,2.5,0.1\n");
        Fails("not a complete checkpoint");
    }

    [TestMethod]
    public void SaysWhereTheFolderIsMissing()
    {
        var path = Path.Combine(_folder, "none", "checkpoint.safetensors");
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => Example.Save(path)).Message,
            "cannot be written");
    }

    // /dev/full stands for a full disk: the file that is written first lies on it.
    [TestMethod]
    public void AFullDiskLeavesTheOlderFile()
    {
        if (!System.IO.File.Exists("/dev/full"))
            Assert.Inconclusive("This system has no /dev/full.");
        Example.Save(File);
        System.IO.File.CreateSymbolicLink(File + ".tmp", "/dev/full");
        var error = Assert.ThrowsExactly<ModelException>(() => (Example with { Step = 42 }).Save(File));
        StringAssert.Contains(error.Message, File);
        StringAssert.Contains(error.Message, "free space");
        Assert.AreEqual(41, Checkpoint.Load(File).Step);
        Assert.HasCount(1, Directory.GetFiles(_folder), "nothing is left beside the file");
    }

    private void Fails(string message)
    {
        var error = Assert.ThrowsExactly<ModelException>(() => Checkpoint.Load(File));
        StringAssert.StartsWith(error.Message, File);
        StringAssert.Contains(error.Message, message);
    }

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
