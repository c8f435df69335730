using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Tests.OperatorCase;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class ProductsTests
{
    private static readonly RandomTensors Random = new(18);

    public static IEnumerable<OperatorCase> Cases { get; } = [.. MatMuls(), .. Gemms()];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    private static IEnumerable<OperatorCase> MatMuls()
    {
        (long[] A, long[] B)[] shapes =
        [
            ([2, 3], [3, 4]), ([5, 2, 3], [3, 4]), ([2, 3], [5, 3, 4]), ([2, 1, 2, 3], [3, 3, 4]), ([3], [3]),
                ([3], [3, 4]),
            ([2, 3], [3]), ([3], [2, 3, 4]), ([2, 4, 3], [3]), ([1, 2, 3], [5, 3, 1]), ([0, 3], [3, 4]),
                ([2, 0], [0, 3]), ([1, 1], [1, 1]),
        ];
        foreach (var (a, b) in shapes)
            yield return Linear($"MatMul {new TensorShape(a)} {new TensorShape(b)}", x =>
                Op.MatMul(x[0], x[1]), Random.Normal(a), Random.Normal(b));
    }

    private static IEnumerable<OperatorCase> Gemms()
    {
        foreach (var (ta, tb) in ((bool, bool)[])[(false, false), (false, true), (true, false), (true, true)])
            foreach (var c in (long[]?[])[null, [], [1], [4], [2, 1], [1, 4], [2, 4]])
            {
                var attributes = new Attributes { { "transA", ta ? 1 : 0 }, { "transB", tb ? 1 : 0 }, { "alpha", 0.5f },
                    { "beta", 2f } };
                var (a, b) = (Random.Normal(ta ? [3, 2] : [2, 3]), Random.Normal(tb ? [4, 3] : [3, 4]));
                yield return Linear($"Gemm {ta} {tb} {(c is null ? "alone" : $"+ {new TensorShape(c)}")}",
                    x => Op.Apply("Gemm", x, attributes), c is null ? [a, b] : [a, b, Random.Normal(c)]);
            }
        yield return Linear("Gemm, plain", x => Op.Gemm(x[0], x[1]), Random.Normal(2, 3), Random.Normal(3, 2));
    }
}
