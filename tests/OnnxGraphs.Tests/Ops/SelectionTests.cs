using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class SelectionTests
{
    private static readonly RandomTensors Random = new(17);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        Linear("Gather", x => Op.Gather(x[0], Indices(x[0], [4], 2, 0, 2, -1)), Random.Normal(3, 2)),
        Linear("Gather on axis 1", x => Op.Gather(x[0], Indices(x[0], [2, 2], 2, 0, 2, 2), 1), Random.Normal(2, 3, 2)),
        Linear("Gather on the last axis", x => Op.Gather(x[0], Indices(x[0], [3], 1, 1, 1), -1), Random.Normal(2, 3)),
        Linear("Gather of one", x => Op.Gather(x[0], Indices(x[0], [], 1), 1), Random.Normal(2, 3)),
        Linear("Gather of a vector", x => Op.Gather(x[0], Indices(x[0], [3], 4, 0, 4)), Random.Normal(5)),
        Linear("Gather of nothing", x => Op.Gather(x[0], Indices(x[0], [0])), Random.Normal(3, 2)),
        Linear("Gather by 32-bit indices", x =>
            Op.Gather(x[0], x[0].Graph.Constant(Tensor.Vector(1, 1, 0))), Random.Normal(3, 2)),
        // Known indices: a crop undone, segments with and without gaps, and rows that need several stages.
        Linear("Gather of a run", x => Op.Gather(x[0], Indices(x[0], [3], 1, 2, 3)), Random.Normal(5, 2)),
        Linear("Gather in another order", x => Op.Gather(x[0], Indices(x[0], [3], 2, 0, 1), 1), Random.Normal(2, 3, 2)),
        Linear("Gather of one row often", x => Op.Gather(x[0], Repeated(x[0], 300, 1)), Random.Normal(2, 3)),
        Linear("Gather of few rows often", x => Op.Gather(x[0], Repeated(x[0], 130, 3), -1), Random.Normal(2, 3)),
        Linear("Gather of a few rows of many", x => Op.Gather(x[0], Repeated(x[0], 60, 4)), Random.Normal(300, 2)),
        // Computed ones: few rows, many of them, and the last axis.
        new("Gather of few computed rows", x => Op.Gather(x[0], Computed(x[1]), 1), Random.Normal(2, 3, 4),
            Places(7, 3)),
        new("Gather of computed rows", x => Op.Gather(x[0], Computed(x[1])), Random.Normal(40, 2), Places(9, 40)),
        new("Gather of computed elements", x => Op.Gather(x[0], Computed(x[1]), -1), Random.Normal(2, 3), Places(5, 3)),
        new("Gather from the end, computed", x => Op.Gather(x[0], Computed(x[1] - 3f)), Random.Normal(3, 4),
            Places(5, 3)),
        new("GatherND of computed places", x => Op.Apply("GatherND", [x[0], Op.Reshape(Computed(x[1]), 4, 2)]),
            Random.Normal(2, 3, 2), Places(8, 2)),
        Linear("GatherElements", x =>
            Op.GatherElements(x[0], Indices(x[0], [2, 3], 0, 2, 2, 1, -1, 0), 1), Random.Normal(2, 3)),
        Linear("GatherElements, fewer rows", x =>
            Op.GatherElements(x[0], Indices(x[0], [2, 2], 2, 0, 2, 1), 0), Random.Normal(3, 2)),
        Linear("ScatterElements", x =>
            Op.ScatterElements(x[0], Indices(x[0], [2, 2], 1, 0, 2, -1), x[1], 1), Random.Normal(3, 4),
            Random.Normal(2, 2)),
        Linear("ScatterElements add", x =>
            Op.ScatterElements(x[0], Indices(x[0], [3, 2], 1, 0, 1, 0, 1, 2), x[1], 0, "add"), Random.Normal(3, 2),
            Random.Normal(3, 2)),
        Linear("GatherND", x =>
            Op.Apply("GatherND", [x[0], Indices(x[0], [3, 2], 0, 1, 1, 2, 0, 1)]), Random.Normal(2, 3, 2)),
        Linear("GatherND of elements", x =>
            Op.Apply("GatherND", [x[0], Indices(x[0], [2, 2], 0, 1, -1, 2)]), Random.Normal(2, 3)),
        Linear("GatherND in a batch", x =>
            Op.Apply("GatherND", [x[0], Indices(x[0], [2, 2, 1], 2, 0, 1, 1)], new() { { "batch_dims", 1 } }),
            Random.Normal(2, 3, 2)),
        Linear("GatherND of nothing", x => Op.Apply("GatherND", [x[0], Indices(x[0], [0, 2])]), Random.Normal(2, 3)),
        Linear("ScatterND", x =>
            Op.Apply("ScatterND", [x[0], Indices(x[0], [2, 1], 2, 0), x[1]]), Random.Normal(3, 2), Random.Normal(2, 2)),
        Linear("ScatterND add", x =>
            Op.ScatterND(x[0], Indices(x[0], [3, 1], 2, 0, 2), x[1], "add"),
            Random.Normal(3, 2), Random.Normal(3, 2)),
        Linear("ScatterND add of elements", x =>
            Op.ScatterND(x[0], Indices(x[0], [3, 2], 1, 0, 0, 1, 1, -2), x[1], "add"), Random.Normal(2, 2),
            Random.Normal(3)),
        new("TopK", x => Op.TopK(x[0], 2).Values, Random.Distinct(3, 5)),
        new("TopK on axis 0", x => Op.TopK(x[0], 3, 0).Values, Random.Distinct(4, 3)),
        new("TopK, smallest", x =>
            Op.Apply("TopK", [x[0], x[0].Graph.Constant(2)], new() { { "largest", 0 } }, 2)[0], Random.Distinct(3, 5)),
        new("TopK of none", x => Op.TopK(x[0], 0).Values, Random.Distinct(3, 5)),
        Linear("OneHot", x => x[0] * Op.OneHot(Indices(x[0], [2], 1, -1), 3), Random.Normal(2, 3)),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    private static Var Indices(Var like, long[] dims, params long[] values) =>
        like.Graph.Constant(Tensor.Of<long>(new(dims), values));

    // 0, 1, ..., rows - 1 and again, the first more often.
    private static Var Repeated(Var like, int count, int rows) => Indices(like, [count],
        [.. Enumerable.Range(0, count).Select(i => (long)(i % 3 == 0 ? 0 : i % rows))]);

    // Numbers halfway between places, so that small differences do not change those.
    private static Tensor Places(int count, int rows) => Tensor.Of<float>(new(count),
        [.. Enumerable.Range(0, count).Select(i => i * 5 % rows + 0.5f)]);

    private static Var Computed(Var places) => Op.Cast(Op.Floor(places), ElementType.Int64);
}
