using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class SamplingsTests
{
    private static readonly RandomTensors Random = new(26);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        .. from mode in (string[])["linear", "nearest"]
           from padding in (string[])["zeros", "border"]
           from corners in (int[])[0, 1]
           select new OperatorCase($"GridSample {mode}, {padding}, align_corners {corners}", x =>
            Op.Apply("GridSample", x, new() { { "mode", mode }, { "padding_mode", padding },
                { "align_corners", corners } }), Random.Normal(2, 3, 4, 5), Grid(2, 3, 4)) { Step = 2e-3f, Tolerance = 3e-3f },
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    // [N, rows, columns, 2] places in and around an image of 4 x 5 that keep off the middles and edges of its pixels, by
    // either convention: there the derivative jumps.
    private static Tensor Grid(params long[] dims)
    {
        var (shape, random) = (new TensorShape([.. dims, 2]), new Random(27));
        return Tensor.Of<float>(shape, [.. Enumerable.Range(0, (int)shape.Size).Select(i => Place(i % 2 == 0 ? 5 : 4))]);

        float Place(int size)
        {
            var place = random.NextDouble() * 3 - 1.5;
            double[] pixels = [(place + 1) / 2 * (size - 1), ((place + 1) * size - 1) / 2];
            return pixels.All(pixel => Math.Abs(pixel * 2 - Math.Round(pixel * 2)) > 0.1) ? (float)place : Place(size);
        }
    }

    [TestMethod]
    [DataRow("mode", "cubic")]
    [DataRow("padding_mode", "reflection")]
    public void AnotherModeIsNamed(string attribute, string value)
    {
        var graph = new Graph();
        var x = graph.Input("x", 1, 2, 4, 4);
        var sampled = Op.Apply("GridSample", [x, graph.Input("grid", 1, 3, 3, 2)], new() { { attribute, value } });
        var error = Assert.ThrowsExactly<GraphException>(() => Gradient.Of(Op.SumAll(sampled), [x]));
        StringAssert.Contains(error.Message, $"'{value}'");
    }
}
