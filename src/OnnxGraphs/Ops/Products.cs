using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>Matrix product over the last two axes; the others are batch axes and broadcast.</summary>
    public static Var MatMul(Var a, Var b) => Apply("MatMul", [a, b]);

    /// <summary>a b with each matrix transposed first where asked.</summary>
    public static Var Gemm(Var a, Var b, bool transposeA = false, bool transposeB = false) => Apply("Gemm", [a, b],
        new() { { "transA", transposeA ? 1 : 0 }, { "transB", transposeB ? 1 : 0 } });

    /// <summary>The last two axes exchanged.</summary>
    public static Var Transposed(Var x)
    {
        var order = Enumerable.Range(0, x.Shape.Rank).Select(i => (long)i).ToArray();
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return Transpose(x, order);
    }

    private static OperatorTable Products() => new()
    {
        ["MatMul"] = new(x => [new(x[0].Type, MatMulShape(x))], MatMulGradient),
        ["Gemm"]   = new(GemmShape, GemmGradient),
    };

    private static TensorShape MatMulShape(Node x)
    {
        var (a, b) = (x[0].Shape, x[1].Shape);
        Expect(x, x[0].Type == x[1].Type, $"equal element types, found {x[0].Type} and {x[1].Type}");
        if (a.Rank == 0 || b.Rank == 0 || a[-1] != b[b.Rank == 1 ? 0 : -2])
            throw new GraphException($"{x}: the inner dimensions of {a} and {b} differ.");
        var batch = TensorShape.Broadcast(new([.. a.Take(a.Rank - 2)]), new([.. b.Take(b.Rank - 2)]))
            ?? throw new GraphException($"{x}: the batch dimensions of {a} and {b} cannot be broadcast together.");
        return new([.. batch, .. a.Rank > 1 ? (long[])[a[-2]] : [], .. b.Rank > 1 ? (long[])[b[-1]] : []]);
    }

    // y = a b: da = dy b', db = a' dy. Vectors are matrices of one row or column meanwhile.
    private static Var?[] MatMulGradient(Var dy, Node x, Var y)
    {
        var (a, b) = (x[0], x[1]);
        if (a.Shape.Rank == 1)
            (a, dy) = (Unsqueeze(a, 0), Unsqueeze(dy, b.Shape.Rank == 1 ? 0 : -2));
        if (b.Shape.Rank == 1)
            (b, dy) = (Unsqueeze(b, 1), Unsqueeze(dy, -1));
        var (da, db) = (MatMul(dy, Transposed(b)), MatMul(Transposed(a), dy));
        return [x[0].Shape.Rank == 1 ? Reshape(SumToRank(da, 2), x[0].Shape) : da,
            x[1].Shape.Rank == 1 ? Reshape(SumToRank(db, 2), x[1].Shape) : db];
    }

    private static Var SumToRank(Var x, int rank) => x.Shape.Rank == rank ? x
        : ReduceSum(x, [.. Enumerable.Range(0, x.Shape.Rank - rank).Select(i => (long)i)], keep: false);

    private static IReadOnlyList<TypedShape> GemmShape(Node x)
    {
        var (ta, tb) = (x.Attributes.Flag("transA"), x.Attributes.Flag("transB"));
        if (x[0].Shape.Rank != 2 || x[1].Shape.Rank != 2 || x[0].Shape[ta ? 0 : 1] != x[1].Shape[tb ? 1 : 0])
            throw new GraphException($"{x}: expected two matrices with equal inner dimensions.");
        var shape = new TensorShape(x[0].Shape[ta ? 1 : 0], x[1].Shape[tb ? 0 : 1]);
        Expect(x, x.Optional(2) is not { } c || FitsInto(c.Shape, shape),
            $"an addend that can be broadcast to {shape}");
        return [new(x[0].Type, shape)];
    }

    private static Var?[] GemmGradient(Var dy, Node x, Var y)
    {
        var (ta, tb) = (x.Attributes.Flag("transA"), x.Attributes.Flag("transB"));
        var scaled = dy * x.Attributes.Float("alpha", 1f);
        var da = ta ? Gemm(x[1], scaled, tb, true) : Gemm(scaled, x[1], false, !tb);
        var db = tb ? Gemm(scaled, x[0], true, ta) : Gemm(x[0], scaled, !ta, false);
        return [da, db, dy * x.Attributes.Float("beta", 1f)];
    }
}
