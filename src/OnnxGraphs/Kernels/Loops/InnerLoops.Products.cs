using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

internal sealed unsafe partial class InnerLoops<V, S>
{
    /// <inheritdoc/>
    public override void AddProducts(float* x, int* rows, int* places, int count, float* y, int columns, float* sums)
    {
        if (columns == S.Width)
            AddNarrow(x, rows, places, count, y, sums);
        else
            AddWide(x, rows, places, count, y, sums);
    }

    // Twelve sums in registers: enough to hide the latency of the multiply-add, few enough for 16 registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddWide(float* x, int* rows, int* places, int count, float* y, float* sums)
    {
        var w = S.Width;
        float* x0 = x + rows[0], x1 = x + rows[1], x2 = x + rows[2], x3 = x + rows[3], x4 = x + rows[4];
        var x5 = x + rows[5];
        V a0 = S.Load(sums), b0 = S.Load(sums + w), a1 = S.Load(sums + 2 * w), b1 = S.Load(sums + 3 * w);
        V a2 = S.Load(sums + 4 * w), b2 = S.Load(sums + 5 * w), a3 = S.Load(sums + 6 * w), b3 = S.Load(sums + 7 * w);
        V a4 = S.Load(sums + 8 * w), b4 = S.Load(sums + 9 * w), a5 = S.Load(sums + 10 * w), b5 = S.Load(sums + 11 * w);
        for (var p = 0; p < count; p++, y += 2 * w)
        {
            nint at = places[p];
            V ya = S.Load(y), yb = S.Load(y + w), k = S.Repeat(x0[at]);
            a0 = S.MultiplyAdd(k, ya, a0);
            b0 = S.MultiplyAdd(k, yb, b0);
            k = S.Repeat(x1[at]);
            a1 = S.MultiplyAdd(k, ya, a1);
            b1 = S.MultiplyAdd(k, yb, b1);
            k = S.Repeat(x2[at]);
            a2 = S.MultiplyAdd(k, ya, a2);
            b2 = S.MultiplyAdd(k, yb, b2);
            k = S.Repeat(x3[at]);
            a3 = S.MultiplyAdd(k, ya, a3);
            b3 = S.MultiplyAdd(k, yb, b3);
            k = S.Repeat(x4[at]);
            a4 = S.MultiplyAdd(k, ya, a4);
            b4 = S.MultiplyAdd(k, yb, b4);
            k = S.Repeat(x5[at]);
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
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddNarrow(float* x, int* rows, int* places, int count, float* y, float* sums)
    {
        var w = S.Width;
        float* x0 = x + rows[0], x1 = x + rows[1], x2 = x + rows[2], x3 = x + rows[3], x4 = x + rows[4];
        var x5 = x + rows[5];
        V a0 = S.Load(sums), a1 = S.Load(sums + w), a2 = S.Load(sums + 2 * w), a3 = S.Load(sums + 3 * w);
        V a4 = S.Load(sums + 4 * w), a5 = S.Load(sums + 5 * w);
        for (var p = 0; p < count; p++, y += w)
        {
            nint at = places[p];
            var ya = S.Load(y);
            a0 = S.MultiplyAdd(S.Repeat(x0[at]), ya, a0);
            a1 = S.MultiplyAdd(S.Repeat(x1[at]), ya, a1);
            a2 = S.MultiplyAdd(S.Repeat(x2[at]), ya, a2);
            a3 = S.MultiplyAdd(S.Repeat(x3[at]), ya, a3);
            a4 = S.MultiplyAdd(S.Repeat(x4[at]), ya, a4);
            a5 = S.MultiplyAdd(S.Repeat(x5[at]), ya, a5);
        }
        S.Store(a0, sums);
        S.Store(a1, sums + w);
        S.Store(a2, sums + 2 * w);
        S.Store(a3, sums + 3 * w);
        S.Store(a4, sums + 4 * w);
        S.Store(a5, sums + 5 * w);
    }
}
