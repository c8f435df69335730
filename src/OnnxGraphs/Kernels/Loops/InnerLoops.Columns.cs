using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

internal sealed unsafe partial class InnerLoops<V, S>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void FilterColumns(float* source, float* target, int length, float start, float* weights, int* offsets,
        int rows, float** masks, int columns)
    {
        var w = S.Width;
        var i = 0;
        for (; i + 4 * w <= length; i += 4 * w)
        {
            V a0 = S.Repeat(start), a1 = a0, a2 = a0, a3 = a0;
            var t = 0;
            for (var column = 0; column < columns; column++)
            {
                V p0 = default, p1 = p0, p2 = p0, p3 = p0;
                for (var end = t + rows; t < end; t++)
                {
                    var k = S.Repeat(weights[t]);
                    var x = source + offsets[t] + i;
                    p0 = S.MultiplyAdd(k, S.Load(x), p0);
                    p1 = S.MultiplyAdd(k, S.Load(x + w), p1);
                    p2 = S.MultiplyAdd(k, S.Load(x + 2 * w), p2);
                    p3 = S.MultiplyAdd(k, S.Load(x + 3 * w), p3);
                }
                var mask = masks[column];
                if (mask != null)
                {
                    p0 = S.And(p0, S.Load(mask + i));
                    p1 = S.And(p1, S.Load(mask + i + w));
                    p2 = S.And(p2, S.Load(mask + i + 2 * w));
                    p3 = S.And(p3, S.Load(mask + i + 3 * w));
                }
                (a0, a1, a2, a3) = (S.Add(a0, p0), S.Add(a1, p1), S.Add(a2, p2), S.Add(a3, p3));
            }
            S.Store(a0, target + i);
            S.Store(a1, target + i + w);
            S.Store(a2, target + i + 2 * w);
            S.Store(a3, target + i + 3 * w);
        }
        // The last vector overlaps the one before it.
        for (; i < length; i += w)
        {
            i = Math.Min(i, length - w);
            var a = S.Repeat(start);
            var t = 0;
            for (var column = 0; column < columns; column++)
            {
                V p = default;
                for (var end = t + rows; t < end; t++)
                    p = S.MultiplyAdd(S.Repeat(weights[t]), S.Load(source + offsets[t] + i), p);
                a = S.Add(a, masks[column] == null ? p : S.And(p, S.Load(masks[column] + i)));
            }
            S.Store(a, target + i);
        }
    }
}
