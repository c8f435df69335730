using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

// Products with columns of a single vector.
internal sealed unsafe partial class InnerLoops<V, S>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyTwelveNarrow<Y>(float* x, nint pitch, nint step, int count, Y y, float* sums, bool add)
        where Y : struct, ILines
    {
        var w = S.Width;
        V a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default,
            a7 = default, a8 = default, a9 = default, a10 = default, a11 = default;
        if (add)
        {
            (a0, a1, a2) = (S.Load(sums), S.Load(sums + w), S.Load(sums + 2 * w));
            (a3, a4, a5) = (S.Load(sums + 3 * w), S.Load(sums + 4 * w), S.Load(sums + 5 * w));
            (a6, a7, a8) = (S.Load(sums + 6 * w), S.Load(sums + 7 * w), S.Load(sums + 8 * w));
            (a9, a10, a11) = (S.Load(sums + 9 * w), S.Load(sums + 10 * w), S.Load(sums + 11 * w));
        }
        for (var p = 0; p < count; p++, x += step)
        {
            var line = y.Next();
            V ya = S.Load(line);
            var at = x;
            a0 = S.MultiplyAdd(S.Repeat(at[0]), ya, a0);
            a1 = S.MultiplyAdd(S.Repeat(at[pitch]), ya, a1);
            a2 = S.MultiplyAdd(S.Repeat(at[2 * pitch]), ya, a2);
            at += 3 * pitch;
            a3 = S.MultiplyAdd(S.Repeat(at[0]), ya, a3);
            a4 = S.MultiplyAdd(S.Repeat(at[pitch]), ya, a4);
            a5 = S.MultiplyAdd(S.Repeat(at[2 * pitch]), ya, a5);
            at += 3 * pitch;
            a6 = S.MultiplyAdd(S.Repeat(at[0]), ya, a6);
            a7 = S.MultiplyAdd(S.Repeat(at[pitch]), ya, a7);
            a8 = S.MultiplyAdd(S.Repeat(at[2 * pitch]), ya, a8);
            at += 3 * pitch;
            a9 = S.MultiplyAdd(S.Repeat(at[0]), ya, a9);
            a10 = S.MultiplyAdd(S.Repeat(at[pitch]), ya, a10);
            a11 = S.MultiplyAdd(S.Repeat(at[2 * pitch]), ya, a11);
        }
        S.Store(a0, sums);
        S.Store(a1, sums + w);
        S.Store(a2, sums + 2 * w);
        S.Store(a3, sums + 3 * w);
        S.Store(a4, sums + 4 * w);
        S.Store(a5, sums + 5 * w);
        S.Store(a6, sums + 6 * w);
        S.Store(a7, sums + 7 * w);
        S.Store(a8, sums + 8 * w);
        S.Store(a9, sums + 9 * w);
        S.Store(a10, sums + 10 * w);
        S.Store(a11, sums + 11 * w);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplySixNarrow<Y>(float* x, nint pitch, nint step, int count, Y y, float* sums, bool add)
        where Y : struct, ILines
    {
        var w = S.Width;
        V a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        if (add)
        {
            a0 = S.Load(sums);
            a1 = S.Load(sums + w);
            a2 = S.Load(sums + 2 * w);
            a3 = S.Load(sums + 3 * w);
            a4 = S.Load(sums + 4 * w);
            a5 = S.Load(sums + 5 * w);
        }
        for (var p = 0; p < count; p++, x += step)
        {
            var line = y.Next();
            V ya = S.Load(line), k = S.Repeat(x[0]);
            var at = x;
            a0 = S.MultiplyAdd(k, ya, a0);
            k = S.Repeat(at[pitch]);
            a1 = S.MultiplyAdd(k, ya, a1);
            k = S.Repeat(at[2 * pitch]);
            a2 = S.MultiplyAdd(k, ya, a2);
            at += 3 * pitch;
            k = S.Repeat(at[0]);
            a3 = S.MultiplyAdd(k, ya, a3);
            k = S.Repeat(at[pitch]);
            a4 = S.MultiplyAdd(k, ya, a4);
            k = S.Repeat(at[2 * pitch]);
            a5 = S.MultiplyAdd(k, ya, a5);
        }
        S.Store(a0, sums);
        S.Store(a1, sums + w);
        S.Store(a2, sums + 2 * w);
        S.Store(a3, sums + 3 * w);
        S.Store(a4, sums + 4 * w);
        S.Store(a5, sums + 5 * w);
    }
}
