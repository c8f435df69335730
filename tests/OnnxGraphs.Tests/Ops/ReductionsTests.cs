using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class ReductionsTests
{
    private static readonly RandomTensors Random = new(14);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        .. AllAxes("ReduceSum", Linear), .. AllAxes("ReduceMean", Linear), .. AllAxes("ReduceSumSquare"),
            .. AllAxes("ReduceL1"),
        .. AllAxes("ReduceL2"), .. AllAxes("ReduceLogSum"), .. AllAxes("ReduceLogSumExp"), .. AllAxes("ReduceProd"),
        .. AllAxes("ReduceMax"), .. AllAxes("ReduceMin"),
        new("ReduceProd with zeros", x => Op.Apply("ReduceProd", [x[0], x[0].Graph.Constant(1)]),
            Tensor.Of<float>(new(3, 3), [1, 0, 2, 0, 0, 3, -1, 2, 3])),
        Linear("SumAll", x => Op.SumAll(x[0]), Random.Normal(3, 4, 5)),
        Linear("CumSum", x => Op.CumSum(x[0], 1), Random.Normal(2, 4)),
        Linear("CumSum exclusive", x => Op.CumSum(x[0], -2, exclusive: true), Random.Normal(3, 4)),
        Linear("CumSum reverse", x => Op.CumSum(x[0], 0, reverse: true), Random.Normal(3, 4)),
        Linear("CumSum exclusive reverse", x => Op.CumSum(x[0], 1, true, true), Random.Normal(3, 4)),
        new("ArgMax", x => Op.Cast(Op.ArgMax(x[0], 1), ElementType.Float32), Random.Distinct(3, 4)),
        new("ArgMin", x => Op.Cast(Op.Apply("ArgMin", [x[0]], new() { { "keepdims", 0 } }), ElementType.Float32),
            Random.Distinct(3, 4)),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    private static IEnumerable<OperatorCase> AllAxes(string op, Func<string, Func<Var[], Var>, Tensor[],
        OperatorCase>? make = null)
    {
        make ??= (name, f, x) => new(name, f, x);
        var x = op is "ReduceProd" or "ReduceLogSum" ? Random.Uniform(0.5, 1.5, 2, 3, 4) : Random.Distinct(2, 3, 4);
        foreach (var axes in (long[]?[])[null, [0], [1], [-1], [0, 2], [-3, 1], [2, 1, 0]])
            foreach (var keep in (int[])[0, 1])
                yield return make($"{op} over {(axes is null ? "all" : string.Join(",", axes))}, keep {keep}", v =>
                    Op.Apply(op,
                    axes is null ? [v[0]] : [v[0], v[0].Graph.Constant(axes)], new() { { "keepdims", keep } }), [x]);
        yield return make($"{op} over no axes", v => Op.Apply(op, [v[0], v[0].Graph.Constant(Array.Empty<long>())],
            new() { { "noop_with_empty_axes", 1 } }),
                [op is "ReduceLogSum" ? Random.Uniform(0.5, 1.5, 3, 2) : Random.Distinct(3, 2)]);
        yield return make($"{op} of a size-1 axis", v =>
            Op.Apply(op, [v[0], v[0].Graph.Constant(1)]), [Random.Uniform(0.5, 1.5, 3, 1)]);
        yield return make($"{op} of a number", v => Op.Apply(op, [v[0]]), [Random.Uniform(0.5, 1.5)]);
        yield return make($"{op} beside an empty axis", v =>
            Op.Apply(op, [v[0], v[0].Graph.Constant(1)]), [Random.Normal(0, 3)]);
        if (op is "ReduceSum" or "ReduceSumSquare" or "ReduceL1" or "ReduceProd")
            yield return make($"{op} over an empty axis", v => Op.Apply(op, [v[0], v[0].Graph.Constant(1)],
                new() { { "keepdims", 0 } }), [Random.Normal(2, 0, 3)]);
    }
}
