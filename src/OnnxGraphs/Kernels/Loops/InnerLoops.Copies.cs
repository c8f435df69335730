using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxGraphs.Kernels.Loops;

internal sealed unsafe partial class InnerLoops<V, S>
{
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

    // In stretches of a cache line, so that each line is read once; four numbers at a time.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Transpose(float* from, int fromPitch, int rows, int columns, float* to, int toPitch)
    {
        const int stretch = 16;
        for (var start = 0; start < columns; start += stretch)
        {
            var (end, i) = (Math.Min(columns, start + stretch), 0);
            for (; i + 4 <= rows; i += 4)
            {
                float* a = from + (long)i * fromPitch, b = a + fromPitch, c = b + fromPitch, d = c + fromPitch;
                for (var j = start; j < end; j++)
                    Vector128.Store(Vector128.Create(a[j], b[j], c[j], d[j]), to + (long)j * toPitch + i);
            }
            for (; i < rows; i++)
                for (var j = start; j < end; j++)
                    to[(long)j * toPitch + i] = from[(long)i * fromPitch + j];
        }
    }
}
