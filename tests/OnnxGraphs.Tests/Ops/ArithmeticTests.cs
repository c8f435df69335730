using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class ArithmeticTests
{
    private static readonly RandomTensors Random = new(11);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        .. Broadcasts("Add", Linear, (a, b) => a + b),
        .. Broadcasts("Sub", Linear, (a, b) => a - b),
        .. Broadcasts("Mul", Linear, (a, b) => a * b),
        .. Broadcasts("Max", (name, f, x) => new(name, f, x), Op.Max),
        .. Broadcasts("Min", (name, f, x) => new(name, f, x), Op.Min),
        .. Broadcasts("Sum", Linear, (a, b) => Op.Apply("Sum", [a, b, a])),
        .. Broadcasts("Mean", Linear, (a, b) => Op.Apply("Mean", [a, b, b])),
        new("Div", x => x[0] / x[1], Random.Normal(2, 3, 4), Random.Uniform(1, 2, 3, 1)),
        new("Div by one number", x => x[0] / x[1], Random.Normal(2, 3), Random.Uniform(-3, -2)),
        new("Div of a number", x => 3f / x[0], Random.Uniform(1, 2, 5)),
        Linear("Neg", x => -x[0], Random.Normal(3, 2)),
        new("Abs", x => Op.Abs(x[0]), Random.Distinct(4, 3)),
        new("Exp", x => Op.Exp(x[0]), Random.Normal(4, 3)),
        new("Log", x => Op.Log(x[0]), Random.Uniform(1, 3, 4, 3)),
        new("Sqrt", x => Op.Sqrt(x[0]), Random.Uniform(1, 3, 4, 3)),
        new("Reciprocal", x => Op.Apply("Reciprocal", [x[0]]), Random.Uniform(1, 3, 4, 3)),
        new("Erf", x => Op.Erf(x[0]), Random.Normal(4, 3)),
        new("Pow 0", x => Op.Pow(x[0], 0), Random.Normal(5)),
        new("Pow 1", x => Op.Apply("Pow", [x[0], x[0].Like(1)]), Random.Normal(5)),
        new("Pow 2", x => Op.Pow(x[0], 2), Random.Normal(5)),
        new("Pow 3", x => Op.Pow(x[0], 3), Random.Normal(5)),
        new("Pow 1.5", x => Op.Pow(x[0], 1.5f), Random.Uniform(1, 2, 5)),
        new("Pow 0.5", x => Op.Pow(x[0], 0.5f), Random.Uniform(1, 2, 5)),
        new("Pow -1", x => Op.Pow(x[0], -1), Random.Uniform(1, 2, 5)),
        new("Pow of two values", x => Op.Apply("Pow", [x[0], x[1]]), Random.Uniform(1, 2, 2, 3), Random.Normal(3)),
        new("Pow, exponent [1, 1, 1]", x =>
            Op.Apply("Pow", [x[0], x[0].Graph.Constant(Tensor.Filled(new(1, 1, 1), 3))]),
            Random.Normal(3)),
        new("Pow, integer exponents", x => Op.Apply("Pow", [x[0], x[0].Graph.Constant(1, 2, 3)]), Random.Normal(2, 3)),
        new("Max of three", x =>
            Op.Apply("Max", [x[0], x[1], x[0] * 0.5f]), Random.Distinct(3, 4), Random.Uniform(0.01, 0.04, 4)),
        Linear("Max of one", x => Op.Apply("Max", [x[0]]), Random.Normal(3)),
        new("Clip", x => Op.Clip(x[0], -0.4f, 0.4f), Random.Distinct(20)),
        new("Clip below", x => Op.Clip(x[0], 0, null), Random.Distinct(20)),
        new("Clip above", x => Op.Clip(x[0], null, 0), Random.Distinct(20)),
        new("Clip at computed limits", x => Op.Apply("Clip", [x[0], x[1], x[2]]), Random.Distinct(20),
            Tensor.Scalar(ElementType.Float32, -0.4), Tensor.Scalar(ElementType.Float32, 0.4)),
        Linear("Where", x => Op.Where(Mask(x[0], 3, 1), x[0], x[1]), Random.Normal(2, 1, 4), Random.Normal(3, 4)),
        Linear("Where, one number", x => Op.Where(Mask(x[0], 2, 3), x[0], x[1]), Random.Normal(2, 3), Random.Normal()),
        Linear("Cast", x => Op.Cast(x[0] * Op.Cast(Mask(x[0], 4), ElementType.Float32), ElementType.Float32),
            Random.Normal(4)),
        new("Cast to float64 and back", x =>
            Op.Cast(Op.Exp(Op.Cast(x[0], ElementType.Float64)), ElementType.Float32), Random.Normal(4)),
        new("Sign", x => Op.Sign(x[0]), Random.Distinct(6)),
        new("Floor", x => Op.Floor(x[0]), Random.Distinct(6)),
        new("Ceil", x => Op.Apply("Ceil", [x[0]]), Random.Distinct(6)),
        new("Round", x => Op.Apply("Round", [x[0]]), Random.Uniform(0.1, 0.4, 6)),
        new("Mod", x => Op.Apply("Mod", [x[0], x[1]], new() { { "fmod", 1 } }), Random.Uniform(2.1, 2.9, 3, 2),
            Random.Uniform(0.98, 1.02, 2)),
        Linear("CastLike", x => Op.Apply("CastLike", [x[0], x[1]]), Random.Normal(3, 2), Random.Normal(4)),
        Linear("Identity", x => Op.Identity(x[0], "same"), Random.Normal(3)),
        Linear("Dropout", x => Op.Apply("Dropout", [x[0]]), Random.Normal(3)),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    // Every way in which two operands can be broadcast: neither, either, both, by rank, by size 1, scalars and empty
    // ones.
    private static IEnumerable<OperatorCase> Broadcasts(string op, Func<string, Func<Var[], Var>, Tensor[],
        OperatorCase> make,
        Func<Var, Var, Var> f)
    {
        (long[] A, long[] B)[] shapes =
        [
            ([2, 3], [2, 3]), ([2, 3], [3]), ([3], [2, 3]), ([2, 3], []), ([], [2, 3]), ([2, 1, 4], [3, 1]), ([1], [4]),
            ([1, 1, 1], [2]), ([], []), ([1, 3], [2, 1]), ([0, 3], [1, 3]), ([2, 1], [2, 0]), ([1], [0]),
        ];
        foreach (var (a, b) in shapes)
        {
            // The operands of a maximum stay apart: one holds multiples of 0.1 plus 0.05, the other lies near
            // multiples.
            yield return make($"{op} {new TensorShape(a)} {new TensorShape(b)}", x => f(x[0], x[1]),
                [Random.Distinct(a), Random.Uniform(0.19, 0.21, b)]);
        }
    }

    private static Var Mask(Var like, params long[] dims)
    {
        var shape = new TensorShape(dims);
        var values = Enumerable.Range(0, (int)shape.Size).Select(i => i % 3 != 1).ToArray();
        return like.Graph.Constant(Tensor.Of<bool>(shape, values));
    }
}
