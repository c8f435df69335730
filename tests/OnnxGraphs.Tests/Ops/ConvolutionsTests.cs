using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class ConvolutionsTests
{
    private static readonly RandomTensors Random = new(19);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        .. Planar(), .. AutomaticPads(), .. OtherRanks(), .. TransposedConvolutions(),
        Conv("empty batch", [0, 2, 5, 5], [3, 2, 3, 3]),
        Conv("empty batch, 1x1", [0, 2, 5, 5], [3, 2, 1, 1]),
        Conv("empty batch, large", [0, 2, 20, 20], [3, 2, 3, 3]),
        Conv("empty batch, depthwise", [0, 3, 5, 5], [3, 1, 3, 3], group: 3),
        Linear("Conv without bias", x =>
            Op.Conv(x[0], x[1], pad: 1), Random.Normal(2, 3, 5, 4), Random.Normal(2, 3, 3, 3)),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    // Small maps and maps of 300 pixels and more: gradients are lowered differently.
    private static IEnumerable<OperatorCase> Planar()
    {
        foreach (var (height, width) in ((long, long)[])[(7, 8), (19, 21)])
            foreach (var (size, stride, pads, dilation) in ((long, long, long[], long)[])
            [
                (1, 1, [0, 0, 0, 0], 1), (1, 2, [0, 0, 0, 0], 1), (1, 1, [1, 0, 0, 1], 1), (3, 1, [0, 0, 0, 0], 1),
                    (3, 1, [1, 1, 1, 1], 1),
                (3, 2, [1, 1, 1, 1], 1), (3, 2, [0, 0, 1, 1], 1), (3, 3, [2, 1, 0, 2], 1), (3, 1, [2, 2, 2, 2], 2),
                    (3, 2, [1, 2, 3, 0], 2),
                (5, 1, [2, 2, 2, 2], 1), (5, 2, [1, 2, 0, 3], 1), (7, 2, [3, 3, 3, 3], 1), (3, 1, [3, 0, 0, 4], 1),
                    (2, 1, [0, 1, 1, 0], 1),
            ])
                foreach (var (channels, filters, group) in ((long, long, long)[])[(2, 3, 1), (4, 2, 2), (3, 3, 3),
                    (2, 6, 2)])
                    yield return Conv($"{height}x{width}, stride {stride}", [2, channels, height, width],
                        [filters, channels / group, size, size], stride, pads, dilation, group);
        yield return Conv("3x5", [1, 2, 6, 7], [2, 2, 3, 5], 1, [1, 2, 1, 2]);
        yield return Conv("3x5 on a large map", [1, 2, 18, 20], [2, 2, 3, 5], 1, [1, 2, 1, 2]);
        yield return Conv("channels of a group summed to one", [1, 6, 5, 5], [3, 2, 3, 3], 1, [1, 1, 1, 1], 1, 3);
        yield return Conv("channels of a group summed to one, large", [1, 6, 18, 18], [3, 2, 3, 3], 1, [1, 1, 1, 1], 1,
            3);
        yield return Conv("1x1 on 1x1", [3, 4, 1, 1], [2, 4, 1, 1]);
        yield return Conv("whole map", [3, 2, 4, 4], [2, 2, 4, 4]);
        yield return Conv("stride beyond the window", [1, 2, 9, 9], [2, 2, 2, 2], 4);
        yield return Conv("one channel", [1, 1, 4, 4], [1, 1, 3, 3], 1, [1, 1, 1, 1]);
    }

    private static IEnumerable<OperatorCase> AutomaticPads()
    {
        foreach (var auto in (string[])["SAME_UPPER", "SAME_LOWER", "VALID"])
            foreach (var (size, stride) in ((long, long)[])[(3, 1), (3, 2), (2, 1), (5, 3)])
            {
                var attributes = new Attributes { { "auto_pad", auto }, { "strides", new[] { stride, stride } } };
                yield return Linear($"Conv {auto} {size}x{size} stride {stride}", x =>
                    Op.Apply("Conv", [x[0], x[1]], attributes),
                    Random.Normal(1, 2, 7, 8), Random.Normal(3, 2, size, size));
            }
    }

    private static IEnumerable<OperatorCase> OtherRanks()
    {
        Attributes line = new() { { "strides", new long[] { 2 } }, { "pads", new long[] { 1, 2 } } };
        yield return Linear("Conv 1-D", x =>
            Op.Apply("Conv", x, line), Random.Normal(2, 3, 9), Random.Normal(4, 3, 3), Random.Normal(4));
        yield return Linear("Conv 1-D, unit stride", x =>
            Op.Apply("Conv", x), Random.Normal(2, 3, 9), Random.Normal(4, 3, 3), Random.Normal(4));
        Attributes space = new() { { "strides", new long[] { 1, 2, 1 } }, { "pads", new long[] { 1, 0, 1, 1, 1, 1 } },
            { "group", 2 } };
        yield return Linear("Conv 3-D", x =>
            Op.Apply("Conv", x, space), Random.Normal(1, 2, 4, 5, 4), Random.Normal(4, 1, 3, 2, 3), Random.Normal(4));
    }

    private static IEnumerable<OperatorCase> TransposedConvolutions()
    {
        foreach (var (stride, pads, dilation, rest, group) in ((long, long[], long, long, long)[])
            [(1, [0, 0, 0, 0], 1, 0, 1), (2, [1, 1, 1, 1], 1, 1, 1), (2, [0, 1, 1, 0], 1, 0, 2),
                (3, [1, 0, 0, 1], 1, 2, 1), (1, [1, 1, 1, 1], 2, 0, 1), (2, [0, 0, 0, 0], 1, 0, 4)])
        {
            var attributes = new Attributes
            {
                { "strides", new[] { stride, stride } }, { "pads", pads },
                    { "dilations", new[] { dilation, dilation } },
                { "output_padding", new[] { rest, rest } }, { "group", group },
            };
            yield return Linear($"ConvTranspose {attributes}", x => Op.Apply("ConvTranspose", x, attributes),
                Random.Normal(2, 4, 5, 4), Random.Normal(4, 3, 3, 3), Random.Normal(3 * group));
        }
        yield return Linear("ConvTranspose 1-D", x =>
            Op.Apply("ConvTranspose", x, new() { { "strides", new long[] { 2 } } }), Random.Normal(2, 3, 5),
            Random.Normal(3, 2, 3));
    }

    private static OperatorCase Conv(string name, long[] x, long[] w, long stride = 1, long[]? pads = null,
        long dilation = 1, long group = 1)
    {
        pads ??= [0, 0, 0, 0];
        return Linear($"Conv {name}: {new TensorShape(x)} {new TensorShape(w)}, pads {string.Join(",", pads)}, "
            + $"dilation {dilation}, group {group}",
            v => Op.Conv(v[0], v[1], v[2], [stride, stride], pads, [dilation, dilation], group), Random.Normal(x),
                Random.Normal(w), Random.Normal(w[0]));
    }
}
