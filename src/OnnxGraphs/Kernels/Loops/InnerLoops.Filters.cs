using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

internal sealed unsafe partial class InnerLoops<V, S>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Filter(float* source, float* target, int length, float start, float* weights, int* offsets,
        int taps)
    {
        var w = S.Width;
        var i = 0;
        // Eight sums at a time hide the latency of the multiply-add, and each weight is loaded once for all of them.
        for (; i + 4 * w < length; i += 8 * w)
        {
            V a0 = S.Repeat(start), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
            for (var t = 0; t < taps; t++)
            {
                var k = S.Repeat(weights[t]);
                var x = source + offsets[t] + i;
                a0 = S.MultiplyAdd(k, S.Load(x), a0);
                a1 = S.MultiplyAdd(k, S.Load(x + w), a1);
                a2 = S.MultiplyAdd(k, S.Load(x + 2 * w), a2);
                a3 = S.MultiplyAdd(k, S.Load(x + 3 * w), a3);
                a4 = S.MultiplyAdd(k, S.Load(x + 4 * w), a4);
                a5 = S.MultiplyAdd(k, S.Load(x + 5 * w), a5);
                a6 = S.MultiplyAdd(k, S.Load(x + 6 * w), a6);
                a7 = S.MultiplyAdd(k, S.Load(x + 7 * w), a7);
            }
            var y = target + i;
            S.Store(a0, y);
            S.Store(a1, y + w);
            S.Store(a2, y + 2 * w);
            S.Store(a3, y + 3 * w);
            S.Store(a4, y + 4 * w);
            S.Store(a5, y + 5 * w);
            S.Store(a6, y + 6 * w);
            S.Store(a7, y + 7 * w);
        }
        for (; i < length; i += 2 * w)
        {
            V a0 = S.Repeat(start), a1 = a0;
            for (var t = 0; t < taps; t++)
            {
                var k = S.Repeat(weights[t]);
                var x = source + offsets[t] + i;
                a0 = S.MultiplyAdd(k, S.Load(x), a0);
                a1 = S.MultiplyAdd(k, S.Load(x + w), a1);
            }
            S.Store(a0, target + i);
            S.Store(a1, target + i + w);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Correlate(float* source, float* other, int length, float* sums, int* offsets, int taps,
        float* ahead, int each)
    {
        var t = 0;
        for (; t + 4 < taps; t += 9, each = 0)
            Correlate9(source, other, length, sums + t, offsets + t, Math.Min(9, taps - t), ahead, each);
        for (; t < taps; t++)
            sums[t] += Dot(source + offsets[t], other, length);
    }

    // Nine taps, the whole of a 3 x 3 kernel, share each load of the other operand. Of fewer taps the last one repeats.
    private static void Correlate9(float* source, float* other, int length, float* sums, int* offsets, int taps,
        float* ahead, int each)
    {
        float* x0 = source + offsets[0], x1 = source + offsets[Math.Min(1, taps - 1)];
        float* x2 = source + offsets[Math.Min(2, taps - 1)], x3 = source + offsets[Math.Min(3, taps - 1)];
        float* x4 = source + offsets[Math.Min(4, taps - 1)], x5 = source + offsets[Math.Min(5, taps - 1)];
        float* x6 = source + offsets[Math.Min(6, taps - 1)], x7 = source + offsets[Math.Min(7, taps - 1)];
        var x8 = source + offsets[Math.Min(8, taps - 1)];
        V a0 = default, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0;
        for (var i = 0; i < length; i += S.Width, ahead += each)
        {
            CacheLines.FetchNear(ahead, each);
            var k = S.Load(other + i);
            a0 = S.MultiplyAdd(k, S.Load(x0 + i), a0);
            a1 = S.MultiplyAdd(k, S.Load(x1 + i), a1);
            a2 = S.MultiplyAdd(k, S.Load(x2 + i), a2);
            a3 = S.MultiplyAdd(k, S.Load(x3 + i), a3);
            a4 = S.MultiplyAdd(k, S.Load(x4 + i), a4);
            a5 = S.MultiplyAdd(k, S.Load(x5 + i), a5);
            a6 = S.MultiplyAdd(k, S.Load(x6 + i), a6);
            a7 = S.MultiplyAdd(k, S.Load(x7 + i), a7);
            a8 = S.MultiplyAdd(k, S.Load(x8 + i), a8);
        }
        var all = stackalloc float[9]
        {
            S.Sum(a0), S.Sum(a1), S.Sum(a2), S.Sum(a3), S.Sum(a4), S.Sum(a5), S.Sum(a6), S.Sum(a7), S.Sum(a8),
        };
        for (var t = 0; t < taps; t++)
            sums[t] += all[t];
    }

    private static float Dot(float* a, float* b, int length)
    {
        V sum = default;
        for (var i = 0; i < length; i += S.Width)
            sum = S.MultiplyAdd(S.Load(a + i), S.Load(b + i), sum);
        return S.Sum(sum);
    }
}
