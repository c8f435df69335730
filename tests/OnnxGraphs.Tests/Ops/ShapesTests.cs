using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class ShapesTests
{
    private static readonly RandomTensors Random = new(15);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        Linear("Reshape", x => Op.Reshape(x[0], 3, -1), Random.Normal(2, 3, 4)),
        Linear("Reshape, 0 copies", x =>
            Op.Apply("Reshape", [x[0], x[0].Graph.Constant(0, -1)]), Random.Normal(2, 3, 4)),
        Linear("Reshape of an empty batch", x => Op.Reshape(x[0], 0, -1), Random.Normal(0, 3, 4)),
        Linear("Reshape, the empty axis moves", x => Op.Reshape(x[0], new TensorShape(3, 4, 0)), Random.Normal(0, 3)),
        Linear("Reshape, allowzero", x =>
            Op.Apply("Reshape", [x[0], x[0].Graph.Constant(5, 0)], new() { { "allowzero", 1 } }), Random.Normal(0, 3)),
        Linear("Reshape to a number", x => Op.Reshape(x[0], TensorShape.Scalar), Random.Normal(1, 1)),
        .. ((int[])[0, 1, 2, 3, -1]).Select(axis => Linear($"Flatten at {axis}",
            x => Op.Apply("Flatten", [x[0]], new() { { "axis", axis } }), Random.Normal(2, 3, 4))),
        Linear("Squeeze", x => Op.Squeeze(x[0], 1, -1), Random.Normal(2, 1, 3, 1)),
        Linear("Squeeze all", x => Op.Apply("Squeeze", [x[0]]), Random.Normal(1, 2, 1, 3)),
        Linear("Unsqueeze", x => Op.Unsqueeze(x[0], 0, -1), Random.Normal(2, 3)),
        Linear("Unsqueeze a number", x => Op.Unsqueeze(x[0], 0), Random.Normal()),
        Linear("Transpose", x => Op.Transpose(x[0], 2, 0, 1), Random.Normal(2, 3, 4)),
        Linear("Transpose without order", x => Op.Apply("Transpose", [x[0]]), Random.Normal(2, 3, 4)),
        Linear("Transpose of nothing", x => Op.Transpose(x[0], 1, 0), Random.Normal(0, 3)),
        Linear("Expand", x => Op.Expand(x[0], new(2, 3, 4)), Random.Normal(3, 1)),
        Linear("Expand, both ways", x => Op.Apply("Expand", [x[0], x[0].Graph.Constant(3, 1)]), Random.Normal(2, 1, 4)),
        Linear("Expand to nothing", x => Op.Expand(x[0], new(0, 3)), Random.Normal(1, 3)),
        Linear("Tile", x => Op.Apply("Tile", [x[0], x[0].Graph.Constant(2, 1, 3)]), Random.Normal(2, 3, 2)),
        Linear("Tile no times", x => Op.Apply("Tile", [x[0], x[0].Graph.Constant(0, 2)]), Random.Normal(2, 3)),
        Linear("Shape", x => x[0] * Op.Cast(Op.Apply("Shape", [x[0]]), ElementType.Float32), Random.Normal(2, 2)),
        Linear("Shape from start to end", x =>
            x[0] * Op.Cast(Op.Apply("Shape", [x[0]], new() { { "start", -2 }, { "end", 5 } }),
            ElementType.Float32), Random.Normal(4, 3, 2)),
        Linear("Size", x => x[0] * Op.Cast(Op.Apply("Size", [x[0]]), ElementType.Float32), Random.Normal(2, 3)),
        Linear("ConstantOfShape", x => x[0] * Op.Filled(x[0].Graph, new(40, 30), 2), Random.Normal(30)),
        Linear("Range", x => x[0] * Op.Apply("Range", [x[0].Like(1), x[0].Like(4), x[0].Like(0.7)]), Random.Normal(5)),
        Linear("Range of integers", x =>
            x[0] * Op.Cast(Op.Apply("Range", [Integer(x[0], 9), Integer(x[0], 0), Integer(x[0], -2)]),
            ElementType.Float32), Random.Normal(5)),
        Linear("EyeLike", x => x[0] * Op.Apply("EyeLike", [x[0]], new() { { "k", 1 } }), Random.Normal(3, 4)),
        Linear("EyeLike of another type", x => x[0] * Op.Cast(Op.Apply("EyeLike", [x[0]],
            new() { { "dtype", (long)ElementType.Int64 } }), ElementType.Float32), Random.Normal(3, 3)),
        Linear("NonZero of a constant", x => Op.Gather(x[0], Op.Reshape(Op.Apply("NonZero",
            [x[0].Graph.Constant(Tensor.Vector(-0f, 2f, 0f, -1f))]), -1)), Random.Normal(4, 2)),
        Linear("NonZero of integers", x => Op.Gather(x[0], Op.Reshape(Op.Apply("NonZero",
            [x[0].Graph.Constant(256, 0, -1)]), -1)), Random.Normal(4, 2)),
        Linear("Trilu", x => Op.Apply("Trilu", [x[0]]), Random.Normal(2, 3, 4)),
        Linear("Trilu, lower by 1", x => Op.Apply("Trilu", [x[0], Integer(x[0], -1)], new() { { "upper", 0 } }),
            Random.Normal(4, 4)),
        Linear("DepthToSpace", x =>
            Op.Apply("DepthToSpace", [x[0]], new() { { "blocksize", 2 } }), Random.Normal(2, 8, 2, 3)),
        Linear("DepthToSpace CRD", x =>
            Op.Apply("DepthToSpace", [x[0]], new() { { "blocksize", 2 }, { "mode", "CRD" } }),
            Random.Normal(2, 12, 2, 3)),
        Linear("SpaceToDepth", x =>
            Op.Apply("SpaceToDepth", [x[0]], new() { { "blocksize", 3 } }), Random.Normal(2, 2, 3, 6)),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    private static Var Integer(Var like, long value) => like.Graph.Constant(Tensor.Scalar(ElementType.Int64, value));
}
