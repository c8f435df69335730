using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class NormalizationsTests
{
    private static readonly RandomTensors Random = new(22);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        Batch("planes", [2, 3, 4, 5]), Batch("vectors", [4, 3]), Batch("lines", [2, 3, 4]),
            Batch("an empty batch", [0, 3, 4, 4]),
        .. ((int[])[-1, 1, 2, -2]).Select(axis => Layer($"axis {axis}", axis, bias: true)),
            Layer("no bias", -1, bias: false),
        Channels("InstanceNormalization", null, [2, 3, 4, 5]), Channels("InstanceNormalization", null, [2, 3, 6]),
        .. ((int[])[1, 2, 4]).Select(groups => Channels("GroupNormalization", groups, [2, 4, 3, 2])),
        Channels("GroupNormalization", 2, [1, 4, 5]),
        new("MeanVarianceNormalization", x => Op.Apply("MeanVarianceNormalization", [x[0]]), Random.Normal(2, 3, 4, 2)),
        new("MeanVarianceNormalization on an axis", x => Op.Apply("MeanVarianceNormalization", [x[0]],
            new() { { "axes", (long[])[1] } }), Random.Normal(2, 5)),
        .. from p in (int[])[1, 2]
           from axis in (int[])[-1, 0, 1]
           select new OperatorCase($"LpNormalization {p} on {axis}", x => Op.Apply("LpNormalization", [x[0]],
               new() { { "p", p }, { "axis", axis } }), Random.Distinct(3, 4, 2)),
        .. ((int[])[1, 3, 5]).Select(size => new OperatorCase($"LRN over {size}", x => Op.Apply("LRN", [x[0]],
            new() { { "size", size }, { "alpha", 0.5f }, { "bias", 2f } }), Random.Normal(2, 4, 2, 3))),
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

    private static OperatorCase Channels(string op, int? groups, long[] dims)
    {
        Attributes attributes = new() { { "epsilon", 1e-3f } };
        return new($"{op} {groups} of [{string.Join(", ", dims)}]", x =>
            Op.Apply(op, x, groups is { } count ? attributes.With("num_groups", (long)count) : attributes),
            Random.Normal(dims), Random.Normal(dims[1]), Random.Normal(dims[1]));
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
