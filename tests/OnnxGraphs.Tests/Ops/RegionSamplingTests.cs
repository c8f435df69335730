using System.Text.Json;
using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

/// <summary>RoiAlign against torchvision's numbers (tests/Exports/roi_align.py): its value by ONNX Runtime's kernel,
/// its gradient by
/// two products a region, which finite differences compare with the kernel.</summary>
[TestClass]
public sealed class RegionSamplingTests
{
    private const float Tolerance = 1e-5f;

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        .. from mode in (string[])["half_pixel", "output_half_pixel"]
           from samples in (int[])[0, 2]
           select OperatorCase.Linear($"RoiAlign {mode}, {samples} samples", x => Op.RoiAlign(x[0],
               x[0].Graph.Constant(Tensor.Of<float>(new(3, 4), [1, 2, 7, 5, -2, 0, 3, 9, 6, 6, 6, 6])),
               x[0].Graph.Constant(Tensor.Vector<long>(1, 0, 1)), Attributes(mode, samples, 0.5f, 2, 3)),
               new RandomTensors(4).Normal(2, 3, 4, 5)),
    ];

    public static IEnumerable<object[]> Golden()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(
            Path.Combine(AppContext.BaseDirectory, "References", "roi_align", "roi_align.json")));
        return [.. file.RootElement.GetProperty("cases").EnumerateArray()
            .Select(c => new object[] { c.GetProperty("name").GetString()!, c.Clone() })];
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    [TestMethod]
    [DynamicData(nameof(Golden))]
    public void ValueAndGradientAreThoseOfTorchvision(string name, JsonElement golden)
    {
        var (graph, x, y) = Read(golden);
        var upstream = graph.Constant(Numbers(golden, "upstream"));
        var gradient = Gradient.Of(Op.SumAll(y * upstream), [x])[0];
        var results = OnnxRun.Once(GraphWriter.Write([graph.Output("y", y), graph.Output("dx", gradient)], [x]),
            ("x", Numbers(golden, "x")));
        Close.AreEqual(Numbers(golden, "y"), results[0], Tolerance, name);
        Close.AreEqual(Numbers(golden, "gradient"), results[1], Tolerance, name);
    }

    [TestMethod]
    public void NoRegionsGiveNoGradient()
    {
        var graph = new Graph();
        var x = graph.Input("x", 1, 2, 4, 4);
        var y = Op.RoiAlign(x, graph.Constant(Tensor.Of<float>(new(0, 4), [])), graph.Constant(Tensor.Vector<long>()),
            Attributes("half_pixel", 2, 1, 2, 2));
        var gradient = Gradient.Of(Op.SumAll(y), [x])[0];
        var found = OnnxRun.Once(GraphWriter.Write([graph.Output("dx", gradient)], [x]), ("x", Tensor.Filled(x.Shape, 1)));
        Assert.IsTrue(found[0].Values<float>().ToArray().All(value => value == 0));
    }

    private static (Graph Graph, Var X, Var Y) Read(JsonElement golden)
    {
        var graph = new Graph();
        var (shape, size) = (Numbers(golden, "x").Shape, Numbers(golden, "y").Shape);
        var x = graph.Input("x", shape.ToArray());
        long[] images = [.. golden.GetProperty("images").EnumerateArray().Select(image => image.GetInt64())];
        var mode = golden.GetProperty("aligned").GetBoolean() ? "half_pixel" : "output_half_pixel";
        return (graph, x, Op.RoiAlign(x, graph.Constant(Numbers(golden, "regions")), graph.Constant(images),
            Attributes(mode, golden.GetProperty("sampling_ratio").GetInt32(), golden.GetProperty("scale").GetSingle(),
                size[2], size[3])));
    }

    private static Attributes Attributes(string mode, int samples, float scale, long rows, long columns) => new()
    {
        { "coordinate_transformation_mode", mode }, { "sampling_ratio", samples }, { "spatial_scale", scale },
        { "output_height", rows }, { "output_width", columns },
    };

    private static Tensor Numbers(JsonElement golden, string name)
    {
        var value = golden.GetProperty(name);
        return Tensor.Of<float>(new([.. value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())]),
            [.. value.GetProperty("data").EnumerateArray().Select(e => e.GetSingle())]);
    }
}
