using Google.Protobuf;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests;

/// <summary>Files that contradict themselves: each is refused with what was found, where, and what to do.</summary>
[TestClass]
public sealed class DamagedModelTests
{
    private static readonly Tensor Numbers = new RandomTensors(84).Normal(2, 3);
    private readonly string _folder = Directory.CreateTempSubdirectory("damaged-").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ACycleIsNamed()
    {
        var model = Chain();
        model.Proto.Graph.Node[0].Input[0] = "c";
        Refused(model, "depend on each other; the graph has a cycle", "'a'");
        model = Chain();
        model.Proto.Graph.Node[1].Input[0] = "b";
        Refused(model, "Tanh 'b' and Tanh 'b' depend on each other");
    }

    // The format asks for nodes in an order of computation; some tools write them in another one.
    [TestMethod]
    public void NodesInAnotherOrderAreRead()
    {
        var model = Chain();
        var expected = OnnxRun.Once(model, ("x0", Numbers))[0];
        var reversed = model.Proto.Graph.Node.Reverse().ToList();
        model.Proto.Graph.Node.Clear();
        model.Proto.Graph.Node.Add(reversed);
        var y = GraphReader.Read(model, new(), ["y"]);
        Close.AreEqual(expected, OnnxRun.Once(GraphWriter.Write(y), ("x0", Numbers))[0], 0);
    }

    // Deeper than a thread's stack would bear, were nodes visited by recursion.
    [TestMethod]
    public void AVeryDeepModelInAnotherOrderIsRead()
    {
        const int Depth = 20_000;
        var nodes = Enumerable.Range(0, Depth).Select(i => Node("Tanh", [i == 0 ? "x0" : $"v{i}"], [$"v{i + 1}"]));
        var model = Model(17, [Numbers], [.. nodes.Reverse()]);
        Assert.AreEqual(Numbers.Shape, GraphReader.Read(model, new(), [$"v{Depth}"])[0].Shape);
    }

    [TestMethod]
    public void AMissingInitializerIsNamed()
    {
        var model = Chain();
        model.Proto.Graph.Initializer.Clear();
        Refused(model, "Add '' reads 'w', which nothing before it computes");
    }

    [TestMethod]
    public void NamesThatAreThereTwiceAreRefused()
    {
        Refused(Chain(), m => m.Graph.Node[1].Output[0] = "a", "'a' is computed (the second time by Tanh '') twice");
        Refused(Chain(), m => m.Graph.Node[1].Output[0] = "w", "'w' is computed (the second time by Tanh '') twice");
        Refused(Chain(), m => m.Graph.Initializer.Add(m.Graph.Initializer[0]), "'w' is stored twice");
        Refused(Chain(), m => m.Graph.Input.Add(m.Graph.Input[0]), "'x0' is declared as an input twice");
    }

    [TestMethod]
    public void NodesWithoutOperatorOrOutputsAreRefused()
    {
        Refused(Chain(), m => m.Graph.Node[1].OpType = "", "lacks its operator");
        Refused(Chain(), m => m.Graph.Node[1].Output.Clear(), "lacks its operator or outputs");
    }

    [TestMethod]
    public void WrongTypesAreNamed()
    {
        Refused(Chain(), m => m.Graph.Initializer[0] = Tensor.Of<long>(new(2, 3), new long[6]).ToProto("w"),
            "element types Float32 and Int64 differ");
        Refused(Chain(), m => m.Graph.Input[0].Type = null, "input 'x0' is no tensor of a known element type");
        Refused(Chain(), m => m.Graph.Initializer[0].DataType = 77, "'w'");
        Refused(Chain(), m => m.Graph.Initializer[0].DataType = (int)ElementType.Text, "'w'");
        Refused(Model(17, [Numbers], [Node("Softmax", ["x0"], ("axis", 1.5f))]), "Attribute 'axis' is a Single");
        Refused(Model(17, [Numbers], [Node("Relu", [""])]), "Relu(-) lacks its input 0");
        Refused(Model(17, [Numbers], [Node("Gather", ["x0", "x0"])]), "integer indices");
    }

    [TestMethod]
    public void DimensionsThatCannotBeAreNamed()
    {
        Refused(Chain(), m => m.Graph.Initializer[0].Dims[0] = -2, "'w' is damaged: Dimension -2");
        Refused(Chain(), m => m.Graph.Initializer[0].Dims[0] = long.MaxValue, "'w' is damaged: Shape");
        Refused(Chain(), m => m.Graph.Initializer[0].Dims.Add([1L << 31, 1L << 31]), "more than 2^40 elements");
        Refused(Chain(), m => m.Graph.Initializer[0].Dims[0] = 5, "Float32 [5, 3] needs 60 bytes, the file has 24");
        Refused(Chain(), m => m.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 1L << 62,
            "more than 2^40 elements");
        Refused(Chain(), m => m.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = -3, "open shape [?, 3]");
    }

    [TestMethod]
    public void ConstantsTooLargeToComputeAreNamed()
    {
        var model = Model(17, [Numbers],
            [
                Node("ConstantOfShape", ["huge"], ["ones"], ("value", Tensor.Vector(1L))),
                Node("ReduceSum", ["ones"], ["size"]), Node("Expand", ["x0", "size"]),
            ], ("huge", Tensor.Vector(1L << 20, 1L << 12)));
        Refused(model, "has more than 16777216 elements");
        Refused(Model(17, [Numbers], [Node("Range", ["a", "b", "c"], ["r"]), Node("Reshape", ["x0", "r"])],
            ("a", Tensor.Scalar(ElementType.Int64, 0)), ("b", Tensor.Scalar(ElementType.Int64, 1L << 50)),
            ("c", Tensor.Scalar(ElementType.Int64, 1))), "more than 2^40 elements");
    }

    [TestMethod]
    public void AConstantThatCannotBeComputedIsNamed() => Refused(Model(17, [Numbers],
        [Node("Gather", ["dims", "place"], ["size"]), Node("Reshape", ["x0", "size"])],
        ("dims", Tensor.Vector(2L, 3L)), ("place", Tensor.Vector(9L))), "Gather(dims [2], place [1])");

    [TestMethod]
    public void ExternalDataThatDoesNotFitIsRefused()
    {
        var model = Chain();
        var tensor = model.Proto.Graph.Initializer[0];
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "w.bin" });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = "20" });
        File.WriteAllBytes(Path.Combine(_folder, "w.bin"), Numbers.Data);
        Refused(model, "has 20 bytes", "its shape needs 24");
        tensor.ExternalData[1].Value = "24";
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{long.MaxValue}" });
        Refused(model, "needs 24 bytes from byte 9223372036854775807", "which has 24");
        tensor.ExternalData[2].Value = "1";
        Refused(model, "needs 24 bytes from byte 1", "which has 24");
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = "0" });
        Refused(model, "names 'offset' twice");
        tensor.ExternalData.RemoveAt(3);
        tensor.ExternalData[0].Value = "w.bin\0";
        Refused(model, "outside the model's folder");
        (tensor.ExternalData[0].Value, tensor.DataType) = ("w.bin", 77);
        Refused(model, "'w' cannot be read: Tensors of 77");
    }

    // 200 branches inside each other: more than the parser's limit, which keeps it from overflowing the stack.
    [TestMethod]
    public void DeepNestingIsRefused()
    {
        var body = Body([], [Node("Relu", ["x0"])]);
        for (var depth = 0; depth < 200; depth++)
            body = Body([], [Node("If", ["c"], ("then_branch", body), ("else_branch", new GraphProto()))]);
        var model = Chain();
        model.Proto.Graph.Node.Add(Node("If", ["c"], ["z"], ("then_branch", body)));
        Refused(model, "not a complete ONNX file");
    }

    private static OnnxModel Chain() => Model(17, [Numbers],
        [Node("Add", ["x0", "w"], ["a"]), Node("Tanh", ["a"], ["b"]), Node("Tanh", ["b"], ["c"]), Node("Exp", ["c"])],
        ("w", Numbers));

    private void Refused(OnnxModel model, Action<ModelProto> damage, params string[] expected)
    {
        damage(model.Proto);
        Refused(model, expected);
    }

    // Found when the file is loaded, or when it is read up to its output.
    private void Refused(OnnxModel model, params string[] expected)
    {
        var path = Path.Combine(_folder, "damaged.onnx");
        model.Save(path);
        var error = Assert.ThrowsExactly<ModelException>(() => GraphReader.Read(OnnxModel.Load(path), new(), ["y"]));
        StringAssert.Contains(error.Message, path);
        foreach (var part in expected)
            StringAssert.Contains(error.Message, part);
    }
}
