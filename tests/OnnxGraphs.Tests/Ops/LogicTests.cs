using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class LogicTests
{
    private static readonly RandomTensors Random = new(13);

    // Truth values carry no gradient: it is zero, as the differences are.
    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        .. ((string[])["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal"]).Select(op => new OperatorCase(op,
            x => Number(Op.Apply(op, [x[0], x[1]])), Random.Distinct(3, 4), Random.Uniform(0.19, 0.21, 4))),
        .. ((string[])["And", "Or", "Xor"]).Select(op => new OperatorCase(op, x => Number(
            Op.Apply(op, [Op.Greater(x[0], x[0].Like(0.2)), Op.Less(x[0], x[0].Like(0.4))])), Random.Distinct(3, 4))),
        new("Not", x => Number(Op.Not(Op.Greater(x[0], x[0].Like(0)))), Random.Distinct(6)),
        new("IsNaN", x => Number(Op.Apply("IsNaN", [x[0]])), Random.Distinct(6)),
        .. ((string[])["BitwiseAnd", "BitwiseOr", "BitwiseXor"]).Select(op => new OperatorCase(op, x => Number(
            Op.Apply(op, [Integers(x[0]), x[0].Graph.Constant(Tensor.Vector(6))])), Random.Distinct(3, 4))),
        new("BitwiseNot", x => Number(Op.Apply("BitwiseNot", [Integers(x[0])])), Random.Distinct(6)),
        new("BitShift", x => Number(Op.Apply("BitShift", [Op.Cast(Op.Abs(x[0]) * 10f, ElementType.UInt8),
            x[0].Graph.Constant(Tensor.Vector((byte)1))], new() { { "direction", "LEFT" } })), Random.Distinct(6)),
        new("IsInf", x => Number(Op.Apply("IsInf", [x[0]])), Random.Distinct(6)),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsZero(OperatorCase operation) => operation.Check();

    // Far from the next whole number: 10 x + 0.5.
    private static Var Integers(Var x) => Op.Cast(x * 10f, ElementType.Int32);

    private static Var Number(Var truth) => Op.Cast(truth, ElementType.Float32);
}
