using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class PoolingsTests
{
    private static readonly RandomTensors Random = new(20);

    private static readonly (long Size, long Stride, long[] Pads, int Ceil, long Dilation)[] Windows =
    [
        (2, 2, [0, 0, 0, 0], 0, 1), (3, 2, [1, 1, 1, 1], 0, 1), (3, 1, [1, 1, 1, 1], 0, 1), (3, 2, [0, 0, 0, 0], 1, 1),
            (3, 2, [1, 1, 1, 1], 1, 1),
        (2, 3, [0, 0, 0, 0], 1, 1), (3, 2, [1, 0, 0, 2], 0, 1), (3, 2, [0, 1, 1, 0], 1, 1), (2, 1, [1, 1, 0, 0], 0, 2),
            (1, 2, [0, 0, 0, 0], 0, 1),
    ];

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        .. Windows.Select(window => new OperatorCase($"MaxPool {Attributes(window)}",
            x => Op.Apply("MaxPool", [x[0]], Attributes(window)), Random.Distinct(2, 2, 7, 6))),
        .. Windows.SelectMany(window =>
            ((int[])[0, 1]).Select(count => Attributes(window).With("count_include_pad", count)))
            .Select(attributes =>
                Linear($"AveragePool {attributes}", x =>
                Op.Apply("AveragePool", [x[0]], attributes), Random.Normal(2, 2, 7, 6))),
        .. ((string[])["SAME_UPPER", "SAME_LOWER", "VALID"]).SelectMany(AutomaticPads),
        new("MaxPool 1-D", x =>
            Op.Apply("MaxPool", [x[0]], new() { { "kernel_shape", new long[] { 3 } } }), Random.Distinct(2, 2, 7)),
        new("MaxPool 3-D", x =>
            Op.Apply("MaxPool", [x[0]], new() { { "kernel_shape", new long[] { 2, 2, 2 } } }),
            Random.Distinct(1, 2, 3, 4, 3)),
        Linear("AveragePool 1-D", x =>
            Op.Apply("AveragePool", [x[0]],
            new() { { "kernel_shape", new long[] { 3 } }, { "pads", new long[] { 1, 1 } } }),
                Random.Normal(2, 2, 7)),
        new("MaxPool of an empty batch", x =>
            Op.Apply("MaxPool", [x[0]], new() { { "kernel_shape", new long[] { 2, 2 } } }),
            Random.Distinct(0, 2, 4, 4)),
        Linear("AveragePool of an empty batch", x =>
            Op.Apply("AveragePool", [x[0]], new() { { "kernel_shape", new long[] { 2, 2 } } }),
            Random.Normal(0, 2, 4, 4)),
        Linear("GlobalAveragePool", x => Op.GlobalAveragePool(x[0]), Random.Normal(2, 3, 4, 5)),
        Linear("GlobalAveragePool of an empty batch", x => Op.GlobalAveragePool(x[0]), Random.Normal(0, 3, 4, 5)),
        new("GlobalMaxPool", x => Op.Apply("GlobalMaxPool", [x[0]]), Random.Distinct(2, 3, 4, 2)),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    private static Attributes Attributes((long Size, long Stride, long[] Pads, int Ceil, long Dilation) window) => new()
    {
        { "kernel_shape", new[] { window.Size, window.Size } }, { "strides", new[] { window.Stride, window.Stride } },
        { "pads", window.Pads }, { "ceil_mode", window.Ceil },
            { "dilations", new[] { window.Dilation, window.Dilation } },
    };

    private static IEnumerable<OperatorCase> AutomaticPads(string auto)
    {
        Attributes attributes =
            new() { { "auto_pad", auto }, { "kernel_shape", new long[] { 3, 2 } }, { "strides", new long[] { 2, 1 } } };
        yield return new($"MaxPool {auto}", x => Op.Apply("MaxPool", [x[0]], attributes), Random.Distinct(1, 2, 6, 5));
        yield return Linear($"AveragePool {auto}", x =>
            Op.Apply("AveragePool", [x[0]], attributes), Random.Normal(1, 2, 6, 5));
    }
}
