using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    private static OperatorTable VectorNormalizations() => new()
    {
        ["MeanVarianceNormalization"] = new(Same, (dy, x, y) =>
            [Denormalized(dy, x[0], x.Attributes.Ints("axes") ?? [0, 2, 3], 1e-18f).Dx]),
        ["LpNormalization"] = new(LpNormalizationShape, (dy, x, y) => [LpNormalizationGradient(dy, x, y)]),
        ["LRN"]             = Operator.Composed(LrnShape, LocalResponse),
    };

    private static IReadOnlyList<TypedShape> LpNormalizationShape(Node x)
    {
        x[0].Shape.Axis(Axis(x));
        return Same(x);
    }

    // y = x / n with n = sum |x| (p = 1) or sqrt(sum x^2) (p = 2): dx = (dy - n' sum(dy y)) / n, n' = sign x or y.
    private static Var LpNormalizationGradient(Var dy, Node x, Var y)
    {
        var one = x.Attributes.Int("p", 2) == 1;
        var norm = Reduce(one ? "ReduceL1" : "ReduceL2", x[0], [Axis(x)], true);
        return (dy - (one ? Sign(x[0]) : y) * ReduceSum(dy * y, [Axis(x)])) / Max(norm, y.Like(1e-30));
    }

    private static IReadOnlyList<TypedShape> LrnShape(Node x)
    {
        Expect(x, x.Attributes.Int("size", 0) is var size && size % 2 == 1 && size is > 0 and < 1024,
            $"a window of an odd number of channels below 1024, found {size}");
        return Same(x);
    }

    // y = x / (bias + alpha / size s)^beta, s = the sum of x^2 over `size` channels around each.
    private static Var LocalResponse(Node node, Var?[] inputs)
    {
        var (x, size, channels) = (inputs[0]!, node.Attributes.Int("size", 1), inputs[0]!.Shape[1]);
        var around = new long[2 * x.Shape.Rank];
        (around[1], around[1 + x.Shape.Rank]) = ((size - 1) / 2, size / 2);
        var squares = Pad(x * x, around);
        var sum = Enumerable.Range(0, (int)size).Select(i => Slice(squares, 1, i, i + channels))
            .Aggregate((a, b) => a + b);
        var scale = sum * (node.Attributes.Float("alpha", 1e-4f) / size) + node.Attributes.Float("bias", 1f);
        return x / Pow(scale, node.Attributes.Float("beta", 0.75f));
    }
}
