using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

// Four rows at a time: each row of the source is loaded once for all the results that it adds to.
internal sealed unsafe partial class InnerLoops<V, S>
{
    /// <inheritdoc/>
    public override void FilterFourRows(float* source, float* target, int width, float start, float* weights, int* offsets,
        int rows, float** masks, int columns)
    {
        if (rows == 3)
            FilterThree(source, target, width, start, weights, offsets, masks, columns);
        else
            FilterFive(source, target, width, start, weights, offsets, masks, columns);
    }

    // The next vector of a row: the last one overlaps the one before it. The width where there is none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Next(nint i, nint width) =>
        i + S.Width >= width ? width : i + 2 * S.Width <= width ? i + S.Width : width - S.Width;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FilterThree(float* source, float* target, nint width, float start, float* weights, int* offsets,
        float** masks, int columns)
    {
        for (nint i = 0; i < width; i = Next(i, width))
        {
            V a0 = S.Repeat(start), a1 = a0, a2 = a0, a3 = a0;
            var taps = weights;
            for (var column = 0; column < columns; column++, taps += 3)
            {
                var x = source + offsets[3 * column] + i;
                V k0 = S.Repeat(taps[0]), k1 = S.Repeat(taps[1]), k2 = S.Repeat(taps[2]);
                V x1 = S.Load(x + width), x2 = S.Load(x + 2 * width), x3 = S.Load(x + 3 * width), x4 = S.Load(x + 4 * width);
                V p0 = S.MultiplyAdd(k1, x1, S.Multiply(k0, S.Load(x))), p1 = S.MultiplyAdd(k1, x2, S.Multiply(k0, x1));
                V p2 = S.MultiplyAdd(k1, x3, S.Multiply(k0, x2)), p3 = S.MultiplyAdd(k1, x4, S.Multiply(k0, x3));
                (p0, p1) = (S.MultiplyAdd(k2, x2, p0), S.MultiplyAdd(k2, x3, p1));
                (p2, p3) = (S.MultiplyAdd(k2, x4, p2), S.MultiplyAdd(k2, S.Load(x + 5 * width), p3));
                if (masks[column] != null)
                {
                    var mask = S.Load(masks[column] + i);
                    (p0, p1, p2, p3) = (S.And(p0, mask), S.And(p1, mask), S.And(p2, mask), S.And(p3, mask));
                }
                (a0, a1, a2, a3) = (S.Add(a0, p0), S.Add(a1, p1), S.Add(a2, p2), S.Add(a3, p3));
            }
            S.Store(a0, target + i);
            S.Store(a1, target + i + width);
            S.Store(a2, target + i + 2 * width);
            S.Store(a3, target + i + 3 * width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FilterFive(float* source, float* target, nint width, float start, float* weights, int* offsets,
        float** masks, int columns)
    {
        for (nint i = 0; i < width; i = Next(i, width))
        {
            V a0 = S.Repeat(start), a1 = a0, a2 = a0, a3 = a0;
            var taps = weights;
            for (var column = 0; column < columns; column++, taps += 5)
            {
                var x = source + offsets[5 * column] + i;
                V x1 = S.Load(x + width), x2 = S.Load(x + 2 * width), x3 = S.Load(x + 3 * width), k = S.Repeat(taps[0]);
                V p0 = S.Multiply(k, S.Load(x)), p1 = S.Multiply(k, x1), p2 = S.Multiply(k, x2), p3 = S.Multiply(k, x3);
                k = S.Repeat(taps[1]);
                x += 4 * width;
                V x4 = S.Load(x);
                (p0, p1) = (S.MultiplyAdd(k, x1, p0), S.MultiplyAdd(k, x2, p1));
                (p2, p3) = (S.MultiplyAdd(k, x3, p2), S.MultiplyAdd(k, x4, p3));
                k = S.Repeat(taps[2]);
                V x5 = S.Load(x + width);
                (p0, p1) = (S.MultiplyAdd(k, x2, p0), S.MultiplyAdd(k, x3, p1));
                (p2, p3) = (S.MultiplyAdd(k, x4, p2), S.MultiplyAdd(k, x5, p3));
                k = S.Repeat(taps[3]);
                V x6 = S.Load(x + 2 * width);
                (p0, p1) = (S.MultiplyAdd(k, x3, p0), S.MultiplyAdd(k, x4, p1));
                (p2, p3) = (S.MultiplyAdd(k, x5, p2), S.MultiplyAdd(k, x6, p3));
                k = S.Repeat(taps[4]);
                (p0, p1) = (S.MultiplyAdd(k, x4, p0), S.MultiplyAdd(k, x5, p1));
                (p2, p3) = (S.MultiplyAdd(k, x6, p2), S.MultiplyAdd(k, S.Load(x + 3 * width), p3));
                if (masks[column] != null)
                {
                    var mask = S.Load(masks[column] + i);
                    (p0, p1, p2, p3) = (S.And(p0, mask), S.And(p1, mask), S.And(p2, mask), S.And(p3, mask));
                }
                (a0, a1, a2, a3) = (S.Add(a0, p0), S.Add(a1, p1), S.Add(a2, p2), S.Add(a3, p3));
            }
            S.Store(a0, target + i);
            S.Store(a1, target + i + width);
            S.Store(a2, target + i + 2 * width);
            S.Store(a3, target + i + 3 * width);
        }
    }
}
