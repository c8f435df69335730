using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

// Products of the rows that are left when the larger numbers at a time are done.
internal sealed unsafe partial class InnerLoops<V, S>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyFour<Y, A>(float* x, nint pitch, nint step, int count, Y y, float* sums, bool add,
        ref A ahead) where Y : struct, ILines where A : struct, IAhead
    {
        var w = S.Width;
        V a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        if (add)
        {
            (a0, b0, a1, b1) = (S.Load(sums), S.Load(sums + w), S.Load(sums + 2 * w), S.Load(sums + 3 * w));
            (a2, b2, a3, b3) = (S.Load(sums + 4 * w), S.Load(sums + 5 * w), S.Load(sums + 6 * w), S.Load(sums + 7 * w));
        }
        var walk = ahead;
        for (var p = 0; p < count; p++, x += step)
        {
            var line = y.Next();
            walk.Fetch();
            V ya = S.Load(line), yb = S.Load(line + w), k = S.Repeat(x[0]);
            a0 = S.MultiplyAdd(k, ya, a0);
            b0 = S.MultiplyAdd(k, yb, b0);
            k = S.Repeat(x[pitch]);
            a1 = S.MultiplyAdd(k, ya, a1);
            b1 = S.MultiplyAdd(k, yb, b1);
            k = S.Repeat(x[2 * pitch]);
            a2 = S.MultiplyAdd(k, ya, a2);
            b2 = S.MultiplyAdd(k, yb, b2);
            k = S.Repeat(x[3 * pitch]);
            a3 = S.MultiplyAdd(k, ya, a3);
            b3 = S.MultiplyAdd(k, yb, b3);
        }
        S.Store(a0, sums);
        S.Store(b0, sums + w);
        S.Store(a1, sums + 2 * w);
        S.Store(b1, sums + 3 * w);
        S.Store(a2, sums + 4 * w);
        S.Store(b2, sums + 5 * w);
        S.Store(a3, sums + 6 * w);
        S.Store(b3, sums + 7 * w);
        ahead = walk;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTwo<Y, A>(float* x, nint pitch, nint step, int count, Y y, float* sums, bool add,
        ref A ahead) where Y : struct, ILines where A : struct, IAhead
    {
        var w = S.Width;
        V a0 = default, a1 = default, b0 = default, b1 = default;
        if (add)
            (a0, b0, a1, b1) = (S.Load(sums), S.Load(sums + w), S.Load(sums + 2 * w), S.Load(sums + 3 * w));
        var walk = ahead;
        for (var p = 0; p < count; p++, x += step)
        {
            var line = y.Next();
            walk.Fetch();
            V ya = S.Load(line), yb = S.Load(line + w), k = S.Repeat(x[0]);
            a0 = S.MultiplyAdd(k, ya, a0);
            b0 = S.MultiplyAdd(k, yb, b0);
            k = S.Repeat(x[pitch]);
            a1 = S.MultiplyAdd(k, ya, a1);
            b1 = S.MultiplyAdd(k, yb, b1);
        }
        S.Store(a0, sums);
        S.Store(b0, sums + w);
        S.Store(a1, sums + 2 * w);
        S.Store(b1, sums + 3 * w);
        ahead = walk;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyFourNarrow<Y>(float* x, nint pitch, nint step, int count, Y y, float* sums, bool add)
        where Y : struct, ILines
    {
        var w = S.Width;
        V a0 = default, a1 = default, a2 = default, a3 = default;
        if (add)
            (a0, a1, a2, a3) = (S.Load(sums), S.Load(sums + w), S.Load(sums + 2 * w), S.Load(sums + 3 * w));
        for (var p = 0; p < count; p++, x += step)
        {
            var line = y.Next();
            V ya = S.Load(line);
            a0 = S.MultiplyAdd(S.Repeat(x[0]), ya, a0);
            a1 = S.MultiplyAdd(S.Repeat(x[pitch]), ya, a1);
            a2 = S.MultiplyAdd(S.Repeat(x[2 * pitch]), ya, a2);
            a3 = S.MultiplyAdd(S.Repeat(x[3 * pitch]), ya, a3);
        }
        S.Store(a0, sums);
        S.Store(a1, sums + w);
        S.Store(a2, sums + 2 * w);
        S.Store(a3, sums + 3 * w);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTwoNarrow<Y>(float* x, nint pitch, nint step, int count, Y y, float* sums, bool add)
        where Y : struct, ILines
    {
        V a0 = default, a1 = default;
        if (add)
            (a0, a1) = (S.Load(sums), S.Load(sums + S.Width));
        for (var p = 0; p < count; p++, x += step)
        {
            var line = y.Next();
            V ya = S.Load(line);
            a0 = S.MultiplyAdd(S.Repeat(x[0]), ya, a0);
            a1 = S.MultiplyAdd(S.Repeat(x[pitch]), ya, a1);
        }
        S.Store(a0, sums);
        S.Store(a1, sums + S.Width);
    }
}
