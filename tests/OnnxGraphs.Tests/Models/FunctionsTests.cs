using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class FunctionsTests
{
    private static readonly Tensor Plane = new RandomTensors(82).Normal(2, 3);
    private readonly string _folder = Directory.CreateTempSubdirectory("functions-").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    // Leaky(x; slope) = LeakyRelu(x; alpha = slope), Twice(x; slope) = Leaky(Leaky(x)) + x, called three times: with an
    // attribute, with its default, and inside a branch.
    [TestMethod]
    public void CallsBecomeTheNodesOfTheirFunctions()
    {
        var model = Calls();
        var expected = OnnxRun.Once(model, ("x0", Plane));
        var loaded = Loaded(model);
        Assert.IsEmpty(loaded.Proto.Functions);
        Close.AreEqual(expected[0], OnnxRun.Once(loaded, ("x0", Plane))[0], 0);
        // Read without a file, too.
        foreach (var source in (OnnxModel[])[loaded, model])
        {
            var y = GraphReader.Read(source, new(), ["y"]);
            Close.AreEqual(expected[0], OnnxRun.Once(GraphWriter.Write(y), ("x0", Plane))[0], 1e-6f);
        }
    }

    [TestMethod]
    public void AFunctionOfAnotherOpsetIsRefused()
    {
        var model = Calls();
        model.Proto.Functions[0].OpsetImport[0].Version = 15;
        Refused(model, "function 'Leaky' is of opset 15, the model of 17");
    }

    [TestMethod]
    public void AFunctionThatCallsItselfIsRefused()
    {
        var model = Calls();
        model.Proto.Functions[1].Node[0].OpType = "Twice";
        Refused(model, "'Twice' is called 32 levels deep");
    }

    // Each level calls the one below twice: 2^30 nodes.
    [TestMethod]
    public void FunctionsThatGrowWithoutBoundAreRefused()
    {
        var model = Model(17, [Plane], [Own("Level29", ["x0"], ["y"])]);
        for (var level = 0; level < 30; level++)
        {
            string inner = level == 0 ? "Leaky" : $"Level{level - 1}";
            model.Proto.Functions.Add(Function($"Level{level}", [Own(inner, ["x"], ["m"]), Own(inner, ["m"], ["y"])]));
        }
        model.Proto.Functions.Add(Function("Leaky", [Node("Relu", ["x"])]));
        Refused(model, "grow to more than 200000 nodes");
    }

    private static OnnxModel Calls()
    {
        var branch = Body([], [Own("Leaky", ["a"], ["inner"])]);
        var other = Body([], [Node("Relu", ["a"], ["other"])]);
        var twice = Own("Twice", ["x0"], ["a"]);
        twice.Attribute.Add(new AttributeProto { Name = "slope", F = 0.5f,
            Type = AttributeProto.Types.AttributeType.Float });
        var model = Model(17, [Plane],
            [twice, Node("If", ["c"], ["b"], ("then_branch", branch), ("else_branch", other)), Own("Twice", ["b"], ["y"])],
            ("c", Tensor.Scalar(ElementType.Bool, 1)));
        model.Proto.IrVersion = 8;
        model.Proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "own", Version = 1 });
        var leaky = Node("LeakyRelu", ["x"]);
        leaky.Attribute.Add(Reference("alpha"));
        var first = Own("Leaky", ["x"], ["m"]);
        first.Attribute.Add(Reference("slope"));
        model.Proto.Functions.Add(Function("Leaky", [leaky]));
        model.Proto.Functions.Add(Function("Twice",
            [first, Own("Leaky", ["m"], ["n"]), Node("Add", ["n", "x"])]));
        foreach (var function in model.Proto.Functions)
            function.AttributeProto.Add(new AttributeProto { Name = "slope", F = 0.1f,
                Type = AttributeProto.Types.AttributeType.Float });
        return model;
    }

    private static AttributeProto Reference(string name) => new()
        { Name = name, RefAttrName = "slope", Type = AttributeProto.Types.AttributeType.Float };

    private static NodeProto Own(string op, string[] inputs, string[] outputs)
    {
        var node = Node(op, inputs, outputs);
        node.Domain = "own";
        return node;
    }

    private static FunctionProto Function(string name, NodeProto[] nodes) => new()
    {
        Name = name, Domain = "own", Input = { "x" }, Output = { "y" }, Node = { nodes },
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 },
            new OperatorSetIdProto { Domain = "own", Version = 1 } },
    };

    private OnnxModel Loaded(OnnxModel model)
    {
        var path = Path.Combine(_folder, "functions.onnx");
        model.Save(path);
        return OnnxModel.Load(path);
    }

    private void Refused(OnnxModel model, string expected) =>
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => Loaded(model)).Message, expected);
}
