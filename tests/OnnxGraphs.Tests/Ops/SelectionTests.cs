using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class SelectionTests
{
    private static readonly RandomTensors Random = new(17);

    public static IEnumerable<OperatorCase> Cases =>
    [
        Linear("Gather", x => Op.Gather(x[0], Indices(x[0], [4], 2, 0, 2, -1)), Random.Normal(3, 2)),
        Linear("Gather on axis 1", x => Op.Gather(x[0], Indices(x[0], [2, 2], 2, 0, 2, 2), 1), Random.Normal(2, 3, 2)),
        Linear("Gather on the last axis", x => Op.Gather(x[0], Indices(x[0], [3], 1, 1, 1), -1), Random.Normal(2, 3)),
        Linear("Gather of one", x => Op.Gather(x[0], Indices(x[0], [], 1), 1), Random.Normal(2, 3)),
        Linear("Gather of a vector", x => Op.Gather(x[0], Indices(x[0], [3], 4, 0, 4)), Random.Normal(5)),
        Linear("Gather of nothing", x => Op.Gather(x[0], Indices(x[0], [0])), Random.Normal(3, 2)),
        Linear("Gather by 32-bit indices", x =>
            Op.Gather(x[0], x[0].Graph.Constant(Tensor.Vector(1, 1, 0))), Random.Normal(3, 2)),
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
            Op.Apply("ScatterND", [x[0], Indices(x[0], [3, 1], 2, 0, 2), x[1]], new() { { "reduction", "add" } }),
            Random.Normal(3, 2), Random.Normal(3, 2)),
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
}
