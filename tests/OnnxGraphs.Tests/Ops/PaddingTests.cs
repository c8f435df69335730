using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class PaddingTests
{
    private static readonly RandomTensors Random = new(24);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        Linear("Pad", x => Op.Pad(x[0], 1, 0, 2, 3), Random.Normal(2, 3)),
        Linear("Pad, cropping", x => Op.Pad(x[0], -1, 2, 0, -1), Random.Normal(3, 4)),
        Linear("Pad on given axes", x =>
            Op.Apply("Pad", [x[0], x[0].Graph.Constant(1, 2), x[0].Like(7), x[0].Graph.Constant(-2)]),
            Random.Normal(2, 3, 4)),
        Linear("Pad of an empty batch", x => Op.Pad(x[0], 0, 1, 0, 1), Random.Normal(0, 3)),
        .. ((string[])["edge", "reflect", "wrap"]).SelectMany(mode => new[]
        {
            Mode(mode, [0, 0, 1, 2, 0, 0, 2, 1], 1, 2, 3, 4), Mode(mode, [0, 2, 0, 0], 2, 3), Mode(mode, [1, 1], 2),
            Mode(mode, [0, 0], 3),
        }),
        Mode("edge", [5, 7], 1), Mode("edge", [0, -1, 2, 3], 3, 4),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    private static OperatorCase Mode(string mode, long[] pads, params long[] dims) =>
        Linear($"Pad, {mode} [{string.Join(", ", pads)}] of [{string.Join(", ", dims)}]", x =>
            Op.Apply("Pad", [x[0], x[0].Graph.Constant(pads)], new() { { "mode", mode } }), Random.Normal(dims));
}
