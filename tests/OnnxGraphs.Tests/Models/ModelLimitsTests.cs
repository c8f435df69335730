using Google.Protobuf;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Models;

/// <summary>Files that were made to cost more than they should.</summary>
[TestClass]
public sealed class ModelLimitsTests : IDisposable
{
    private static readonly Tensor Plane = new RandomTensors(1).Normal(1, 2, 3, 4);
    private readonly string _folder = Directory.CreateTempSubdirectory("limits").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void NodesTensorsAndFunctionsAreCounted()
    {
        var model = Model(17, [Plane],
            [Node("Mul", ["x0", "a"], ["p"]), Node("Mul", ["p", "b"], ["q"]), Node("Relu", ["q"])],
            ("a", Tensor.Vector(1f)), ("b", Tensor.Vector(2f)));
        model.Proto.Functions.Add(new FunctionProto { Name = "f", Domain = "own", Node = { Node("Relu", ["x"]) } });
        var path = Written(model);
        OnnxModel.Load(path, new() { Nodes = 4, Tensors = 2, Functions = 1 });
        Refused(path, new() { Nodes = 3 }, "more than 3 nodes");
        Refused(path, new() { Tensors = 1 }, "more than 1 tensors");
        Refused(path, new() { Functions = 0 }, "more than 0 functions");
    }

    [TestMethod]
    public void NodesInsideBranchesAreCounted()
    {
        var branch = Body([], [Node("Relu", ["x0"], ["r"]), Node("Relu", ["r"], ["s"])]);
        var model = Model(17, [Plane], [Node("If", ["c"], ["y"], ("then_branch", branch), ("else_branch", branch))],
            ("c", Tensor.Vector(true)));
        Refused(Written(model), new() { Nodes = 4 }, "more than 4 nodes");
    }

    // Ten functions of ten calls each would be ten thousand million nodes.
    [TestMethod]
    public void BillionLaughsEnd()
    {
        var model = Model(17, [Plane], [new NodeProto { OpType = "f9", Domain = "own", Input = { "x0" }, Output = { "y" } }]);
        model.Proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "own", Version = 1 });
        for (var level = 0; level < 10; level++)
        {
            var function = new FunctionProto { Name = $"f{level}", Domain = "own", Input = { "a" }, Output = { "v10" } };
            for (var call = 0; call < 10; call++)
                function.Node.Add(new NodeProto
                {
                    OpType = level == 0 ? "Relu" : $"f{level - 1}", Domain = level == 0 ? "" : "own",
                    Input = { call == 0 ? "a" : $"v{call}" }, Output = { $"v{call + 1}" },
                });
            model.Proto.Functions.Add(function);
        }
        Refused(Written(model), new(), "grow to more than 200000 nodes");
    }

    [TestMethod]
    public void TensorsInOtherFilesMayNotOverlap()
    {
        var model = Split(tensors: 4, (_, i) => 4 * i);
        Refused(model, new(), "may not overlap");
        // The same place twice is one tensor under two names.
        Assert.HasCount(4, OnnxModel.Load(Split(tensors: 4, (_, _) => 0)).Initializers);
        Assert.HasCount(4, OnnxModel.Load(Split(tensors: 4, (size, i) => size * i)).Initializers);
    }

    [TestMethod]
    public void OtherFilesCanBeForbiddenOrBounded()
    {
        var path = Split(tensors: 2, (size, i) => size * i);
        Refused(path, new() { AllowExternalData = false }, "forbids");
        Refused(path, new() { ExternalBytes = 500 }, "ExternalBytes allows (500)");
    }

    [TestMethod]
    public void OperatorsOfOtherDomainsAreRefused()
    {
        var model = Model(17, [Plane], [new NodeProto { OpType = "Shell", Domain = "evil", Input = { "x0" }, Output = { "y" } }]);
        Assert.Contains("evil.Shell", Assert.ThrowsExactly<ModelException>(
            () => GraphReader.Read(OnnxModel.Load(Written(model)), new(), ["y"])).Message);
    }

    // A file and a folder that lead out of the folder by a symbolic link.
    [TestMethod]
    public void LinksDoNotLeadOut()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Links need a right on Windows.");
        var outside = Directory.CreateTempSubdirectory("outside").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(outside, "data.bin"), new byte[4096]);
            File.CreateSymbolicLink(Path.Combine(_folder, "link.bin"), Path.Combine(outside, "data.bin"));
            Directory.CreateSymbolicLink(Path.Combine(_folder, "links"), outside);
            foreach (var location in new[] { "link.bin", "links/data.bin", "../" + Path.GetFileName(outside) + "/data.bin" })
                Refused(Split(1, (_, _) => 0, location), new(), "outside the model's folder");
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    // Tensors of 256 bytes each in a file that holds as many as there are, beside each other.
    private string Split(int tensors, Func<int, int, int> offset, string location = "data.bin")
    {
        const int Size = 256;
        var names = Enumerable.Range(0, tensors).Select(i => $"t{i}").ToArray();
        var model = Model(17, [Plane], [Node("Relu", ["x0"])]);
        foreach (var (i, name) in names.Index())
        {
            var tensor = new TensorProto { Name = name, DataType = 1, Dims = { Size / 4 }, DataLocation = TensorProto.Types.DataLocation.External };
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{offset(Size, i)}" });
            model.Proto.Graph.Initializer.Add(tensor);
        }
        if (location == "data.bin")
            File.WriteAllBytes(Path.Combine(_folder, location), new byte[offset(Size, 1) == 4 ? Size + 4 * tensors : Size * tensors]);
        return Written(model);
    }

    private string Written(OnnxModel model)
    {
        var path = Path.Combine(_folder, "model.onnx");
        using var stream = File.Create(path);
        model.Proto.WriteTo(stream);
        return path;
    }

    private static void Refused(string path, ModelLimits limits, string words) =>
        Assert.Contains(words, Assert.ThrowsExactly<ModelException>(() => OnnxModel.Load(path, limits)).Message);
}
