using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxGraphs.Kernels.Loops;

/// <inheritdoc/>
internal sealed unsafe class InnerLoops<V, S> : InnerLoops where V : struct where S : struct, ISimd<V>
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
    public override void Correlate(float* source, float* other, int length, float* sums, int* offsets, int taps)
    {
        var t = 0;
        for (; t + 4 < taps; t += 9)
            Correlate9(source, other, length, sums + t, offsets + t, Math.Min(9, taps - t));
        for (; t < taps; t++)
            sums[t] += Dot(source + offsets[t], other, length);
    }

    // Nine taps, the whole of a 3 x 3 kernel, share each load of the other operand. Of fewer taps the last one repeats.
    private static void Correlate9(float* source, float* other, int length, float* sums, int* offsets, int taps)
    {
        float* x0 = source + offsets[0], x1 = source + offsets[Math.Min(1, taps - 1)];
        float* x2 = source + offsets[Math.Min(2, taps - 1)], x3 = source + offsets[Math.Min(3, taps - 1)];
        float* x4 = source + offsets[Math.Min(4, taps - 1)], x5 = source + offsets[Math.Min(5, taps - 1)];
        float* x6 = source + offsets[Math.Min(6, taps - 1)], x7 = source + offsets[Math.Min(7, taps - 1)];
        var x8 = source + offsets[Math.Min(8, taps - 1)];
        V a0 = default, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0, a8 = a0;
        for (var i = 0; i < length; i += S.Width)
        {
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

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void CopyRows(float* from, long fromPitch, float* to, long toPitch, int rows, int blank, int count,
        int length)
    {
        for (var row = 0; row < rows; row++, from += fromPitch, to += toPitch)
        {
            for (var i = 0; i < blank; i++)
                to[i] = 0;
            Copy(from, to + blank, count);
            for (var i = blank + count; i < length; i++)
                to[i] = 0;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void CopyEvenRows(float* from, long fromPitch, float* limit, float* to, long toPitch, int rows,
        int blank, int count, int length)
    {
        for (var row = 0; row < rows; row++, from += fromPitch, to += toPitch)
        {
            for (var i = 0; i < blank; i++)
                to[i] = 0;
            CopyEven(from, limit, to + blank, count);
            for (var i = blank + count; i < length; i++)
                to[i] = 0;
        }
    }

    // Rows are short: no call, and the last vector overlaps the one before it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* from, float* to, int count)
    {
        var i = 0;
        for (; i + S.Width <= count; i += S.Width)
            S.Store(S.Load(from + i), to + i);
        if (i < count && count >= S.Width)
            S.Store(S.Load(from + count - S.Width), to + count - S.Width);
        else
            for (; i < count; i++)
                to[i] = from[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyEven(float* from, float* limit, float* to, int count)
    {
        var i = 0;
        for (; i + S.Width <= count && from + 2 * (i + S.Width) <= limit; i += S.Width)
            S.Store(S.Even(from + 2 * i), to + i);
        if (i < count && count >= S.Width && from + 2 * count <= limit)
            S.Store(S.Even(from + 2 * (count - S.Width)), to + count - S.Width);
        else
            for (; i < count; i++)
                to[i] = from[2 * i];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Interleave(float* even, float* odd, float* to, int count)
    {
        for (var i = 0; i < count; i += S.Width)
            S.Interleave(S.Load(even + i), S.Load(odd + i), to + 2 * i);
    }

    /// <inheritdoc/>
    public override int Width => S.Width;

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

    // In stretches of a cache line, so that each line is read once; four numbers at a time.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Transpose(float* from, int rows, int columns, float* to, int pitch)
    {
        const int stretch = 16;
        for (var start = 0; start < columns; start += stretch)
        {
            var (end, i) = (Math.Min(columns, start + stretch), 0);
            for (; i + 4 <= rows; i += 4)
            {
                float* a = from + (long)i * columns, b = a + columns, c = b + columns, d = c + columns;
                for (var j = start; j < end; j++)
                    Vector128.Store(Vector128.Create(a[j], b[j], c[j], d[j]), to + (long)j * pitch + i);
            }
            for (; i < rows; i++)
                for (var j = start; j < end; j++)
                    to[(long)j * pitch + i] = from[(long)i * columns + j];
        }
    }
}
