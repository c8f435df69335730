using System.Text.Json.Nodes;
using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

/// <summary>
/// Tiny detectors of all families, exported by PyTorch at several opsets (tests/Exports/export.py): values and the
/// gradients of the input and of every parameter against PyTorch's autograd in float64.
/// </summary>
[TestClass]
public sealed class ExportedModelTests
{
    private const string Folder = "References/exports";

    public static IEnumerable<string> Files =>
        [.. Directory.GetFiles(Folder, "*.onnx").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void GradientsFollowPyTorchInFloat64(string file)
    {
        var model = OnnxModel.Load(Path.Combine(Folder, file));
        var golden = Golden(file);
        var rows = golden["gradients"]!.AsObject();
        var names = rows.Select(row => row.Key)
            .Where(name => name == "x" || model.Initializers.ContainsKey(name)).ToList();
        var graph = new Graph();
        var values = GraphReader.Read(model, graph, model.OutputNames, new() { IsParameter = names.Contains });
        var loss = values.Select((y, k) => Op.SumAll(y * graph.Constant($"u{k}", Numbers(y.Shape, 7 + k))))
            .Aggregate((a, b) => a + b);
        var gradients = Gradient.Of(loss, [.. names.Select(name => graph.Find(name)!)]);
        var found = Run(model, graph, [loss, .. gradients], names);
        Assert.AreEqual((double)golden["loss"]!, found[0].Values<float>()[0],
            1e-4 * (1 + Math.Abs((double)golden["loss"]!)), "loss");
        foreach (var (name, gradient) in names.Zip(found.Skip(1)))
            Compare(name, rows[name]!, gradient);
    }

    // The last file of each net keeps PyTorch's names, so that all parameters are compared there.
    [TestMethod]
    public void EveryParameterIsComparedInSomeFile()
    {
        foreach (var net in Files.GroupBy(NetOf))
        {
            var stored = net.SelectMany(file => OnnxModel.Load(Path.Combine(Folder, file)).Initializers.Keys).ToHashSet();
            var rows = Golden(net.First())["gradients"]!.AsObject().Select(row => row.Key).Where(name => name != "x");
            Assert.AreEqual("", string.Join(", ", rows.Where(name => !stored.Contains(name))), net.Key);
        }
    }

    private static Tensor[] Run(OnnxModel model, Graph graph, Var[] values, IReadOnlyList<string> names)
    {
        Var[] outputs = [.. values.Select((value, i) => graph.Output($"result{i}", value))];
        Var[] inputs = [.. names.Select(name => graph.Find(name)!)];
        return OnnxRun.Once(GraphWriter.Write(outputs, inputs), [.. inputs.Select(input => (input.Name,
            input.Name == "x" ? Numbers(input.Shape, 0) : model.Initializers[input.Name].ToTensor()))]);
    }

    private static void Compare(string name, JsonNode row, Tensor gradient)
    {
        var (values, probe) = (gradient.Values<float>().ToArray(), Numbers(gradient.Shape, 3).Values<float>().ToArray());
        var norm = (double)row["norm"]!;
        var found = Math.Sqrt(values.Sum(g => (double)g * g));
        Assert.AreEqual(norm, found, 1e-3 * norm + 1e-4, $"norm of the gradient of {name}");
        Assert.AreEqual((double)row["probe"]!, values.Zip(probe, (g, u) => (double)g * u).Sum(), 2e-3 * norm + 1e-4,
            $"projection of the gradient of {name}");
    }

    private static JsonNode Golden(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, $"{NetOf(file)}.json")))!;

    private static string NetOf(string file) => file[..file.LastIndexOf('_')];

    // The sequence of tests/Exports/export.py: bits 16 to 31 of (i + seed) 2654435761, as numbers in [-1, 1).
    private static Tensor Numbers(TensorShape shape, long seed)
    {
        var values = new float[shape.Size];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)((((i + seed) * 2654435761 & 0xFFFFFFFF) >> 16) / 32768.0 - 1);
        return Tensor.Of<float>(shape, values);
    }
}
