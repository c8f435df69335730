using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class ResizesTests
{
    private static readonly RandomTensors Random = new(21);

    public static IEnumerable<OperatorCase> Cases { get; } = [.. BySizes(), .. ByScales(), .. Special()];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    private static IEnumerable<OperatorCase> BySizes()
    {
        foreach (var attributes in Modes())
            foreach (var (height, width) in ((long, long)[])[(8, 6), (7, 5), (4, 9), (12, 9), (2, 2), (4, 3)])
                yield return Linear($"Resize to {height}x{width} {attributes}", x => Op.Apply("Resize",
                    [x[0], null, null, x[0].Graph.Constant(2, 1, height, width)], attributes),
                        Random.Normal(2, 1, 4, 3));
    }

    private static IEnumerable<OperatorCase> ByScales()
    {
        foreach (var attributes in Modes())
            foreach (var (height, width) in ((float, float)[])[(2, 3), (1.6f, 0.7f), (1.1f, 1), (2.2f, 2.4f),
                (0.5f, 1)])
                yield return Linear($"Resize by {height}, {width} {attributes}", x => Op.Apply("Resize",
                    [x[0], null, Numbers(x[0], 1, 1, height, width)], attributes), Random.Normal(1, 2, 4, 3));
    }

    private static IEnumerable<OperatorCase> Special()
    {
        yield return Linear("UpsampleNearest", x => Op.UpsampleNearest(x[0], 2), Random.Normal(2, 3, 4, 3));
        yield return Linear("UpsampleNearest of one pixel", x =>
            Op.UpsampleNearest(x[0], 3), Random.Normal(2, 3, 1, 1));
        foreach (var axes in (long[][])[[2, 3], [3, 2], [-1], [-2, -1]])
            yield return Linear($"Resize on axes {string.Join(",", axes)}", x => Op.Apply("Resize",
                [x[0], null, Numbers(x[0], [.. axes.Select((_, i) => 1.5f + i)])],
                    new() { { "mode", "linear" }, { "axes", axes } }), Random.Normal(1, 2, 4, 3));
        yield return Linear("Resize on two axes to sizes", x =>
            Op.Apply("Resize", [x[0], null, null, x[0].Graph.Constant(5, 7)],
            new() { { "mode", "linear" }, { "axes", new long[] { 3, 2 } } }), Random.Normal(1, 2, 4, 3));
        yield return Linear("Resize, antialias", x =>
            Op.Apply("Resize", [x[0], null, null, x[0].Graph.Constant(1, 2, 3, 4)],
            new() { { "mode", "linear" }, { "antialias", 1 } }), Random.Normal(1, 2, 8, 7));
        yield return Linear("Resize, cubic without outside", x =>
            Op.Apply("Resize", [x[0], null, null, x[0].Graph.Constant(1, 2, 7, 9)],
            new() { { "mode", "cubic" }, { "exclude_outside", 1 }, { "cubic_coeff_a", -0.5f } }),
                Random.Normal(1, 2, 5, 6));
    }

    private static IEnumerable<Attributes> Modes()
    {
        string[] coordinates =
            ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"];
        foreach (var coordinate in coordinates)
        {
            foreach (var rounding in (string[])["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
                yield return new() { { "mode", "nearest" }, { "coordinate_transformation_mode", coordinate },
                    { "nearest_mode", rounding } };
            yield return new() { { "mode", "linear" }, { "coordinate_transformation_mode", coordinate } };
            yield return new() { { "mode", "cubic" }, { "coordinate_transformation_mode", coordinate } };
        }
    }

    private static Var Numbers(Var like, params float[] values) => like.Graph.Constant(Tensor.Vector<float>(values));
}
