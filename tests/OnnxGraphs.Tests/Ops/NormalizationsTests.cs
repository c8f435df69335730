using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class NormalizationsTests
{
    private static readonly RandomTensors Random = new(22);

    public static IEnumerable<OperatorCase> Cases =>
    [
        Batch("planes", [2, 3, 4, 5]), Batch("vectors", [4, 3]), Batch("lines", [2, 3, 4]),
            Batch("an empty batch", [0, 3, 4, 4]),
        .. ((int[])[-1, 1, 2, -2]).Select(axis => Layer($"axis {axis}", axis, bias: true)),
            Layer("no bias", -1, bias: false),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    private static OperatorCase Batch(string name, long[] dims)
    {
        var (mean, variance) = (Random.Normal(3), Random.Uniform(0.5, 2, 3));
        return OperatorCase.Linear($"BatchNormalization of {name}", x => Op.Apply("BatchNormalization",
            [x[0], x[1], x[2], x[0].Graph.Constant(mean), x[0].Graph.Constant(variance)],
                new() { { "epsilon", 1e-3f } }),
            Random.Normal(dims), Random.Normal(3), Random.Normal(3));
    }

    private static OperatorCase Layer(string name, int axis, bool bias)
    {
        long[] dims = [2, 3, 4];
        var tail = dims[(axis < 0 ? axis + 3 : axis)..];
        return new($"LayerNormalization {name}", x =>
            Op.Apply("LayerNormalization", x, new() { { "axis", axis }, { "epsilon", 1e-3f } }),
            bias ? [Random.Normal(dims), Random.Normal(tail), Random.Normal(tail)]
                : [Random.Normal(dims), Random.Normal(tail)]);
    }
}
