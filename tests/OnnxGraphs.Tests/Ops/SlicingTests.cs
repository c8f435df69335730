using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class SlicingTests
{
    private static readonly RandomTensors Random = new(16);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        Linear("Concat", x => Op.Concat([x[0], x[1], x[0]], 1), Random.Normal(2, 3), Random.Normal(2, 1)),
        Linear("Concat, last axis", x => Op.Concat([x[0], x[1]], -1), Random.Normal(2, 3), Random.Normal(2, 2)),
        Linear("Concat of one", x => Op.Apply("Concat", [x[0]], new() { { "axis", 0 } }), Random.Normal(2, 3)),
        Linear("Concat with nothing", x => Op.Concat([x[0], x[1]], 0), Random.Normal(2, 3), Random.Normal(0, 3)),
        Linear("Slice", x => Op.Slice(x[0], 1, 1, 3), Random.Normal(2, 4)),
        Linear("Slice, defaults", x =>
            Op.Apply("Slice", [x[0], x[0].Graph.Constant(1, 2), x[0].Graph.Constant(3, 9)]), Random.Normal(4, 5)),
        Linear("Slice from the end", x => Op.Slice(x[0], -1, -3, -1), Random.Normal(2, 4)),
        Linear("Slice with step 2", x => Op.Slice(x[0], 0, 0, 7, 2), Random.Normal(7, 2)),
        Linear("Slice with step 3 to the end", x => Op.Slice(x[0], 1, 1, long.MaxValue, 3), Random.Normal(2, 9)),
        Linear("Slice backwards", x => Op.Slice(x[0], 0, -1, long.MinValue, -1), Random.Normal(5, 2)),
        Linear("Slice backwards by 2", x => Op.Slice(x[0], 1, 9, 0, -2), Random.Normal(2, 6)),
        Linear("Slice on three axes", x =>
            Op.Slice(x[0], [0, 2, 1], [1, 5, 0], [3, 0, 3], [1, -2, 2]), Random.Normal(3, 4, 6)),
        Linear("Slice of nothing", x => Op.Slice(x[0], 0, 3, 1), Random.Normal(4, 2)),
        Linear("Slice of nothing by 2", x => Op.Slice(x[0], [0, 1], [3, 0], [1, 4], [2, 2]), Random.Normal(4, 5)),
        Linear("Slice of an empty batch", x => Op.Slice(x[0], 1, 0, 4, 2), Random.Normal(0, 5)),
        Linear("Split", x => Parts(Op.Split(x[0], 1, 1, 3, 2)), Random.Normal(2, 6)),
        Linear("Split, one part used", x => Op.Split(x[0], 0, 2, 2)[1], Random.Normal(4, 3)),
        Linear("Split into equal parts", x =>
            Parts(Op.Apply("Split", [x[0]], new() { { "num_outputs", 3 }, { "axis", -1 } }, 3)), Random.Normal(2, 7)),
        Linear("Split with an empty part", x => Parts(Op.Split(x[0], 0, 0, 3)), Random.Normal(3, 2)),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    private static Var Parts(IReadOnlyList<Var> parts) =>
        Op.Concat([.. parts.Select((part, i) => Op.Reshape(part, part.Shape.Size) * (i + 1f))], 0);
}
