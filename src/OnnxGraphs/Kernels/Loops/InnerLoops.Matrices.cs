using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

// Sums stay in registers, in numbers that hide the latency of the multiply-add.
internal sealed unsafe partial class InnerLoops<V, S>
{
    /// <inheritdoc/>
    public override void Multiply(float* x, nint pitch, nint step, int rows, int count, Lines y, int columns,
        float* sums, bool add, ref Ahead ahead)
    {
        if (y.Offsets is null)
            Multiply(x, pitch, step, rows, count, new EvenLines(y), columns, sums, add, ref ahead);
        else
            Multiply(x, pitch, step, rows, count, new LinesByOffset(y), columns, sums, add, ref ahead);
    }

    private static void Multiply<Y>(float* x, nint pitch, nint step, int rows, int count, Y y, int columns, float* sums,
        bool add, ref Ahead ahead) where Y : struct, ILines
    {
        var nothing = default(NothingAhead);
        if (columns <= S.Width)
            MultiplyNarrow(x, pitch, step, rows, count, y, sums, add);
        else if (ahead.HasMore)
            ahead.Pass(count * MultiplyWide(x, pitch, step, rows, count, y, sums, add, ref ahead));
        else
            MultiplyWide(x, pitch, step, rows, count, y, sums, add, ref nothing);
    }

    // Returns the products that it took.
    private static int MultiplyWide<Y, A>(float* x, nint pitch, nint step, int rows, int count, Y y, float* sums, bool add,
        ref A ahead) where Y : struct, ILines where A : struct, IAhead
    {
        const int many = 2 * ProductRows;
        var (row, columns, products) = (0, 2 * S.Width, 0);
        if (S.Registers >= 32)
            for (; rows - row > many - 2; row += many, products++)
                MultiplyTwelve(x + row * pitch, pitch, step, count, y, sums + row * columns, add, ref ahead);
        for (; rows - row > 4; row += ProductRows, products++)
            MultiplySix(x + row * pitch, pitch, step, count, y, sums + row * columns, add, ref ahead);
        if (rows <= row)
            return products;
        if (rows - row > 2)
            MultiplyFour(x + row * pitch, pitch, step, count, y, sums + row * columns, add, ref ahead);
        else
            MultiplyTwo(x + row * pitch, pitch, step, count, y, sums + row * columns, add, ref ahead);
        return products + 1;
    }

    private static void MultiplyNarrow<Y>(float* x, nint pitch, nint step, int rows, int count, Y y,
        float* sums, bool add)
        where Y : struct, ILines
    {
        const int many = 2 * ProductRows;
        var row = 0;
        for (; rows - row > many - 2; row += many)
            MultiplyTwelveNarrow(x + row * pitch, pitch, step, count, y, sums + row * S.Width, add);
        for (; rows - row > 4; row += ProductRows)
            MultiplySixNarrow(x + row * pitch, pitch, step, count, y, sums + row * S.Width, add);
        if (rows - row > 2)
            MultiplyFourNarrow(x + row * pitch, pitch, step, count, y, sums + row * S.Width, add);
        else if (rows > row)
            MultiplyTwoNarrow(x + row * pitch, pitch, step, count, y, sums + row * S.Width, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTwelve<Y, A>(float* x, nint pitch, nint step, int count, Y y, float* sums, bool add,
        ref A ahead) where Y : struct, ILines where A : struct, IAhead
    {
        var w = S.Width;
        V a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default,
            a7 = default, a8 = default, a9 = default, a10 = default, a11 = default, b0 = default, b1 = default,
            b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default, b8 = default,
            b9 = default, b10 = default, b11 = default;
        if (add)
        {
            (a0, b0) = (S.Load(sums), S.Load(sums + w));
            (a1, b1) = (S.Load(sums + 2 * w), S.Load(sums + 3 * w));
            (a2, b2) = (S.Load(sums + 4 * w), S.Load(sums + 5 * w));
            (a3, b3) = (S.Load(sums + 6 * w), S.Load(sums + 7 * w));
            (a4, b4) = (S.Load(sums + 8 * w), S.Load(sums + 9 * w));
            (a5, b5) = (S.Load(sums + 10 * w), S.Load(sums + 11 * w));
            (a6, b6) = (S.Load(sums + 12 * w), S.Load(sums + 13 * w));
            (a7, b7) = (S.Load(sums + 14 * w), S.Load(sums + 15 * w));
            (a8, b8) = (S.Load(sums + 16 * w), S.Load(sums + 17 * w));
            (a9, b9) = (S.Load(sums + 18 * w), S.Load(sums + 19 * w));
            (a10, b10) = (S.Load(sums + 20 * w), S.Load(sums + 21 * w));
            (a11, b11) = (S.Load(sums + 22 * w), S.Load(sums + 23 * w));
        }
        var walk = ahead;
        for (var p = count; p > 0; p--, x += step)
        {
            var line = y.Next();
            walk.Fetch();
            V ya = S.Load(line), yb = S.Load(line + w), k = S.Repeat(x[0]);
            var at = x;
            a0 = S.MultiplyAdd(k, ya, a0);
            b0 = S.MultiplyAdd(k, yb, b0);
            k = S.Repeat(at[pitch]);
            a1 = S.MultiplyAdd(k, ya, a1);
            b1 = S.MultiplyAdd(k, yb, b1);
            k = S.Repeat(at[2 * pitch]);
            a2 = S.MultiplyAdd(k, ya, a2);
            b2 = S.MultiplyAdd(k, yb, b2);
            at += 3 * pitch;
            k = S.Repeat(at[0]);
            a3 = S.MultiplyAdd(k, ya, a3);
            b3 = S.MultiplyAdd(k, yb, b3);
            k = S.Repeat(at[pitch]);
            a4 = S.MultiplyAdd(k, ya, a4);
            b4 = S.MultiplyAdd(k, yb, b4);
            k = S.Repeat(at[2 * pitch]);
            a5 = S.MultiplyAdd(k, ya, a5);
            b5 = S.MultiplyAdd(k, yb, b5);
            at += 3 * pitch;
            k = S.Repeat(at[0]);
            a6 = S.MultiplyAdd(k, ya, a6);
            b6 = S.MultiplyAdd(k, yb, b6);
            k = S.Repeat(at[pitch]);
            a7 = S.MultiplyAdd(k, ya, a7);
            b7 = S.MultiplyAdd(k, yb, b7);
            k = S.Repeat(at[2 * pitch]);
            a8 = S.MultiplyAdd(k, ya, a8);
            b8 = S.MultiplyAdd(k, yb, b8);
            at += 3 * pitch;
            k = S.Repeat(at[0]);
            a9 = S.MultiplyAdd(k, ya, a9);
            b9 = S.MultiplyAdd(k, yb, b9);
            k = S.Repeat(at[pitch]);
            a10 = S.MultiplyAdd(k, ya, a10);
            b10 = S.MultiplyAdd(k, yb, b10);
            k = S.Repeat(at[2 * pitch]);
            a11 = S.MultiplyAdd(k, ya, a11);
            b11 = S.MultiplyAdd(k, yb, b11);
        }
        S.Store(a0, sums);
        S.Store(b0, sums + w);
        S.Store(a1, sums + 2 * w);
        S.Store(b1, sums + 3 * w);
        S.Store(a2, sums + 4 * w);
        S.Store(b2, sums + 5 * w);
        S.Store(a3, sums + 6 * w);
        S.Store(b3, sums + 7 * w);
        S.Store(a4, sums + 8 * w);
        S.Store(b4, sums + 9 * w);
        S.Store(a5, sums + 10 * w);
        S.Store(b5, sums + 11 * w);
        S.Store(a6, sums + 12 * w);
        S.Store(b6, sums + 13 * w);
        S.Store(a7, sums + 14 * w);
        S.Store(b7, sums + 15 * w);
        S.Store(a8, sums + 16 * w);
        S.Store(b8, sums + 17 * w);
        S.Store(a9, sums + 18 * w);
        S.Store(b9, sums + 19 * w);
        S.Store(a10, sums + 20 * w);
        S.Store(b10, sums + 21 * w);
        S.Store(a11, sums + 22 * w);
        S.Store(b11, sums + 23 * w);
        ahead = walk;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplySix<Y, A>(float* x, nint pitch, nint step, int count, Y y, float* sums, bool add,
        ref A ahead) where Y : struct, ILines where A : struct, IAhead
    {
        var w = S.Width;
        V a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, b0 = default,
            b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        if (add)
        {
            (a0, b0) = (S.Load(sums), S.Load(sums + w));
            (a1, b1) = (S.Load(sums + 2 * w), S.Load(sums + 3 * w));
            (a2, b2) = (S.Load(sums + 4 * w), S.Load(sums + 5 * w));
            (a3, b3) = (S.Load(sums + 6 * w), S.Load(sums + 7 * w));
            (a4, b4) = (S.Load(sums + 8 * w), S.Load(sums + 9 * w));
            (a5, b5) = (S.Load(sums + 10 * w), S.Load(sums + 11 * w));
        }
        var lower = x + 3 * pitch;
        var walk = ahead;
        for (var p = count; p > 0; p--, x += step, lower += step)
        {
            var line = y.Next();
            walk.Fetch();
            V ya = S.Load(line), yb = S.Load(line + w), k = S.Repeat(*x);
            a0 = S.MultiplyAdd(k, ya, a0);
            b0 = S.MultiplyAdd(k, yb, b0);
            k = S.Repeat(x[pitch]);
            a1 = S.MultiplyAdd(k, ya, a1);
            b1 = S.MultiplyAdd(k, yb, b1);
            k = S.Repeat(x[2 * pitch]);
            a2 = S.MultiplyAdd(k, ya, a2);
            b2 = S.MultiplyAdd(k, yb, b2);
            k = S.Repeat(*lower);
            a3 = S.MultiplyAdd(k, ya, a3);
            b3 = S.MultiplyAdd(k, yb, b3);
            k = S.Repeat(lower[pitch]);
            a4 = S.MultiplyAdd(k, ya, a4);
            b4 = S.MultiplyAdd(k, yb, b4);
            k = S.Repeat(lower[2 * pitch]);
            a5 = S.MultiplyAdd(k, ya, a5);
            b5 = S.MultiplyAdd(k, yb, b5);
        }
        S.Store(a0, sums);
        S.Store(b0, sums + w);
        S.Store(a1, sums + 2 * w);
        S.Store(b1, sums + 3 * w);
        S.Store(a2, sums + 4 * w);
        S.Store(b2, sums + 5 * w);
        S.Store(a3, sums + 6 * w);
        S.Store(b3, sums + 7 * w);
        S.Store(a4, sums + 8 * w);
        S.Store(b4, sums + 9 * w);
        S.Store(a5, sums + 10 * w);
        S.Store(b5, sums + 11 * w);
        ahead = walk;
    }
}
