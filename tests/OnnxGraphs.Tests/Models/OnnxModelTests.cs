using System.Text;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class OnnxModelTests
{
    private static readonly Tensor Numbers = new RandomTensors(51).Normal(2, 300);
    private readonly string _folder = Directory.CreateTempSubdirectory("onnx-model-").FullName;

    private string File(string name) => Path.Combine(_folder, name);

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void AMissingFileIsNamed()
    {
        var error = Assert.ThrowsExactly<ModelException>(() => OnnxModel.Load(File("gone.onnx")));
        StringAssert.Contains(error.Message, File("gone.onnx"));
        StringAssert.Contains(error.Message, "no such file");
    }

    // Wherever a file is cut off, it is refused with its name and never half read.
    [TestMethod]
    public void ATruncatedFileIsRefused()
    {
        var bytes = Weighted(17).ToBytes();
        for (var length = 0; length < bytes.Length; length += 7)
        {
            System.IO.File.WriteAllBytes(File("cut.onnx"), bytes[..length]);
            var error = Assert.ThrowsExactly<ModelException>(() => OnnxModel.Load(File("cut.onnx")));
            StringAssert.Contains(error.Message, "cut.onnx");
        }
    }

    // y = -|x|, the second node first.
    [TestMethod]
    public void NodesInAnyOrderAreSortedWithANote()
    {
        var model = Model(17, [Numbers], [Node("Neg", ["a"]), Node("Abs", ["x0"], ["a"])]);
        model.Proto.Graph.Output.Clear();
        model.Proto.Graph.Output.Add(new ValueInfoProto { Name = "y" });
        System.IO.File.WriteAllBytes(File("unsorted.onnx"), model.ToBytes());
        var read = OnnxModel.Load(File("unsorted.onnx"));
        CollectionAssert.AreEqual(new[] { "Abs", "Neg" }, read.Proto.Graph.Node.Select(node => node.OpType).ToArray());
        StringAssert.Contains(read.Notes.Single(), "put in order");
        Assert.HasCount(1, read.Clone().Notes);
        System.IO.File.WriteAllBytes(File("sorted.onnx"), read.ToBytes());
        Assert.IsEmpty(OnnxModel.Load(File("sorted.onnx")).Notes);
    }

    [TestMethod]
    [DataRow("plain text, not a model")]
    [DataRow("PK\u0003\u0004 an archive")]
    [DataRow("{ \"json\": true }")]
    public void AForeignFileIsRefused(string content)
    {
        System.IO.File.WriteAllText(File("foreign.onnx"), content);
        var error = Assert.ThrowsExactly<ModelException>(() => OnnxModel.Load(File("foreign.onnx")));
        StringAssert.Contains(error.Message, "foreign.onnx");
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(12)]
    public void AnotherIrVersionIsRefused(int version) =>
        Refused(Weighted(17), model => model.IrVersion = version, $"IR version {version}");

    [TestMethod]
    [DataRow(6)]
    [DataRow(24)]
    public void AnotherOpsetIsRefused(int opset) => Refused(Weighted(opset), _ => { }, $"opset {opset}");

    [TestMethod]
    public void IrVersions3To11AndOpsets7To23AreRead()
    {
        for (var ir = 3; ir <= 11; ir++)
            for (var opset = 7; opset <= 23; opset++)
            {
                var model = Weighted(opset);
                model.Proto.IrVersion = ir;
                model.Save(File("any.onnx"));
                var y = GraphReader.Read(OnnxModel.Load(File("any.onnx")), new(), ["y"])[0];
                Assert.AreEqual(Numbers.Shape, y.Shape);
            }
    }

    // Files of IR 3 list their weights as inputs as well.
    [TestMethod]
    public void WeightsAmongTheInputsAreNotFed()
    {
        var model = Weighted(9);
        model.Proto.Graph.Input.Add(new ValueInfoProto { Name = "w" });
        Assert.AreEqual("x0", string.Join(" ", model.Inputs.Select(input => input.Name)));
    }

    [TestMethod]
    public void ExternalDataComesBack()
    {
        var model = Weighted(17);
        var expected = OnnxRun.Once(model, ("x0", Numbers))[0];
        model.Save(File("split.onnx"), externalData: true);
        Assert.IsGreaterThanOrEqualTo(Numbers.Data.Length, new FileInfo(File("split.onnx.data")).Length);
        Assert.IsLessThan(1000, new FileInfo(File("split.onnx")).Length);
        var loaded = OnnxModel.Load(File("split.onnx"));
        CollectionAssert.AreEqual(model.ToBytes(), loaded.ToBytes());
        Close.AreEqual(expected, OnnxRun.Once(loaded, ("x0", Numbers))[0], 0);
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(File("split.onnx"));
        Assert.AreEqual("y", session.OutputNames[0]);
    }

    // 3 GB that take no room: a file with holes in it, of which one small tensor lies behind the 2 GB.
    [TestMethod]
    public void ExternalDataBeyond2GBIsRead()
    {
        const long Far = 3L << 30;
        var model = OnnxModelOf("weights.bin", ("offset", $"{Far}"), ("length", $"{Numbers.Data.Length}"));
        using (var stream = System.IO.File.Create(File("weights.bin")))
        {
            stream.SetLength(Far);
            stream.Position = Far;
            stream.Write(Numbers.Data);
        }
        model.Save(File("big.onnx"));
        CollectionAssert.AreEqual(Numbers.Data, OnnxModel.Load(File("big.onnx")).Initializers["w"].ToTensor().Data);
    }

    // The same bytes nine times: they are never copied.
    [TestMethod]
    public void AModelOfMoreThan2GBNeedsExternalData()
    {
        var model = Weighted(17);
        var quarter = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(new byte[1 << 28]);
        for (var i = 0; i < 9; i++)
            model.Proto.Graph.Initializer.Add(new TensorProto { Name = $"w{i}", RawData = quarter, DataType = 1,
                Dims = { 1 << 26 } });
        var error = Assert.ThrowsExactly<ModelException>(() => model.Save(File("big.onnx")));
        StringAssert.Contains(error.Message, "save it with externalData: true");
        Assert.IsEmpty(Directory.GetFiles(_folder));
        Assert.ThrowsExactly<ModelException>(() => model.ToBytes());
    }

    [TestMethod]
    [DataRow("../weights.bin")]
    [DataRow("sub/../../weights.bin")]
    [DataRow("/etc/hostname")]
    [DataRow("")]
    public void ExternalDataOutsideTheFolderIsRefused(string location)
    {
        var error = Assert.ThrowsExactly<ModelException>(() => OnnxModel.Load(External(location)));
        StringAssert.Contains(error.Message, $"'w' lies at '{location}', outside");
    }

    [TestMethod]
    public void ALinkOutOfTheFolderIsRefused()
    {
        var inner = Directory.CreateDirectory(File("inner")).FullName;
        System.IO.File.WriteAllBytes(File("weights.bin"), Numbers.Data);
        System.IO.File.CreateSymbolicLink(Path.Combine(inner, "weights.bin"), File("weights.bin"));
        Directory.CreateSymbolicLink(Path.Combine(inner, "sub"), _folder);
        foreach (var location in (string[])["weights.bin", "sub/weights.bin"])
        {
            var path = Path.Combine(inner, "linked.onnx");
            System.IO.File.Move(External(location), path, overwrite: true);
            var error = Assert.ThrowsExactly<ModelException>(() => OnnxModel.Load(path));
            StringAssert.Contains(error.Message, "refused");
        }
    }

    [TestMethod]
    public void MissingOrShortExternalDataIsNamed()
    {
        var path = External("weights.bin");
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => OnnxModel.Load(path)).Message,
            "weights.bin', which is missing");
        System.IO.File.WriteAllBytes(File("weights.bin"), Numbers.Data[..100]);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => OnnxModel.Load(path)).Message,
            "which has 100");
    }

    [TestMethod]
    public void AnOffsetThatIsNoNumberIsNamed()
    {
        var model = OnnxModelOf("weights.bin", ("offset", "first"));
        System.IO.File.WriteAllBytes(File("weights.bin"), Numbers.Data);
        model.Save(File("bad.onnx"));
        var error = Assert.ThrowsExactly<ModelException>(() => OnnxModel.Load(File("bad.onnx")));
        StringAssert.Contains(error.Message, "the offset 'first'");
    }

    // The data file cannot be replaced, because a folder stands in its place: the old model stays whole, nothing is
    // left over.
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void SaveThatFailsHarmsNoOlderFile(bool externalData)
    {
        Weighted(17).Save(File("model.onnx"));
        var old = System.IO.File.ReadAllBytes(File("model.onnx"));
        Directory.CreateDirectory(File(externalData ? "model.onnx.data" : "model.onnx.tmp"));
        var error = Assert.ThrowsExactly<ModelException>(() => Weighted(13).Save(File("model.onnx"), externalData));
        StringAssert.Contains(error.Message, "cannot be written");
        CollectionAssert.AreEqual(old, System.IO.File.ReadAllBytes(File("model.onnx")));
        Assert.HasCount(1, Directory.GetFiles(_folder));
    }

    [TestMethod]
    public void SaveToAMissingFolderSaysSo()
    {
        var error = Assert.ThrowsExactly<ModelException>(() =>
            Weighted(17).Save(Path.Combine(_folder, "none", "model.onnx")));
        StringAssert.Contains(error.Message, "check the folder");
    }

    [TestMethod]
    public void FieldsThatAreNotKnownSurvive()
    {
        var model = Weighted(17);
        model.Proto.MetadataProps.Add(new StringStringEntryProto { Key = "license", Value = "MIT" });
        // Field 25000 of ModelProto, a string.
        byte[] later = [0xC2, 0x9A, 0x0C, 3, .. Encoding.ASCII.GetBytes("new")];
        System.IO.File.WriteAllBytes(File("later.onnx"), [.. model.ToBytes(), .. later]);
        var loaded = OnnxModel.Load(File("later.onnx"));
        CollectionAssert.AreEqual(System.IO.File.ReadAllBytes(File("later.onnx")), loaded.Clone().ToBytes());
    }

    private void Refused(OnnxModel model, Action<ModelProto> change, string expected)
    {
        change(model.Proto);
        model.Save(File("version.onnx"));
        var error = Assert.ThrowsExactly<ModelException>(() => OnnxModel.Load(File("version.onnx")));
        StringAssert.Contains(error.Message, expected);
    }

    private string External(string location)
    {
        OnnxModelOf(location).Save(File("external.onnx"));
        return File("external.onnx");
    }

    private static OnnxModel OnnxModelOf(string location, params (string Key, string Value)[] entries)
    {
        var model = Weighted(17);
        var tensor = model.Proto.Graph.Initializer[0];
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        foreach (var (key, value) in entries.Prepend(("location", location)))
            tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        return model;
    }

    private static OnnxModel Weighted(int opset) => Model(opset, [Numbers], [Node("Add", ["x0", "w"])], ("w", Numbers));
}
