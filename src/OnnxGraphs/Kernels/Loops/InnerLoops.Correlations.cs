using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

// Four rows at a time: each row of the source is loaded once for all the sums that it adds to. Sums come in pairs, which hide
// the latency of the multiply-add.
internal sealed unsafe partial class InnerLoops<V, S>
{
    /// <inheritdoc/>
    public override void CorrelateRows(float* source, float* other, int width, int rows, float* mask, float* sums, int taps)
    {
        if (taps == 3)
            CorrelateThree(source, other, width, rows, mask, sums);
        else
            CorrelateFive(source, other, width, rows, mask, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CorrelateThree(float* source, float* other, nint width, int rows, float* mask, float* sums)
    {
        V a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
        for (; rows > 0; rows -= 4, source += 4 * width, other += 4 * width)
            for (nint i = 0; i < width; i += S.Width)
            {
                float* x = source + i, y = other + i;
                V m = S.Load(mask + i), k0 = S.And(S.Load(y), m), k1 = S.And(S.Load(y + width), m);
                V k2 = S.And(S.Load(y + 2 * width), m), k3 = S.And(S.Load(y + 3 * width), m);
                a0 = S.MultiplyAdd(k0, S.Load(x), a0);
                V r = S.Load(x + width);
                (a1, b0) = (S.MultiplyAdd(k0, r, a1), S.MultiplyAdd(k1, r, b0));
                r = S.Load(x + 2 * width);
                (a2, b1, a0) = (S.MultiplyAdd(k0, r, a2), S.MultiplyAdd(k1, r, b1), S.MultiplyAdd(k2, r, a0));
                r = S.Load(x + 3 * width);
                (b2, a1, b0) = (S.MultiplyAdd(k1, r, b2), S.MultiplyAdd(k2, r, a1), S.MultiplyAdd(k3, r, b0));
                r = S.Load(x + 4 * width);
                (a2, b1) = (S.MultiplyAdd(k2, r, a2), S.MultiplyAdd(k3, r, b1));
                b2 = S.MultiplyAdd(k3, S.Load(x + 5 * width), b2);
            }
        sums[0] += S.Sum(S.Add(a0, b0));
        sums[1] += S.Sum(S.Add(a1, b1));
        sums[2] += S.Sum(S.Add(a2, b2));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CorrelateFive(float* source, float* other, nint width, int rows, float* mask, float* sums)
    {
        V a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
        V b0 = default, b1 = default, b2 = default, b3 = default, b4 = default;
        for (; rows > 0; rows -= 4, source += 4 * width, other += 4 * width)
            for (nint i = 0; i < width; i += S.Width)
            {
                float* x = source + i, y = other + i;
                V m = S.Load(mask + i), k0 = S.And(S.Load(y), m), k1 = S.And(S.Load(y + width), m);
                V k2 = S.And(S.Load(y + 2 * width), m), k3 = S.And(S.Load(y + 3 * width), m);
                a0 = S.MultiplyAdd(k0, S.Load(x), a0);
                V r = S.Load(x + width);
                (a1, b0) = (S.MultiplyAdd(k0, r, a1), S.MultiplyAdd(k1, r, b0));
                r = S.Load(x + 2 * width);
                (a2, b1, a0) = (S.MultiplyAdd(k0, r, a2), S.MultiplyAdd(k1, r, b1), S.MultiplyAdd(k2, r, a0));
                r = S.Load(x + 3 * width);
                (a3, b2) = (S.MultiplyAdd(k0, r, a3), S.MultiplyAdd(k1, r, b2));
                (a1, b0) = (S.MultiplyAdd(k2, r, a1), S.MultiplyAdd(k3, r, b0));
                x += 4 * width;
                r = S.Load(x);
                (a4, b3) = (S.MultiplyAdd(k0, r, a4), S.MultiplyAdd(k1, r, b3));
                (a2, b1) = (S.MultiplyAdd(k2, r, a2), S.MultiplyAdd(k3, r, b1));
                r = S.Load(x + width);
                (b4, a3, b2) = (S.MultiplyAdd(k1, r, b4), S.MultiplyAdd(k2, r, a3), S.MultiplyAdd(k3, r, b2));
                r = S.Load(x + 2 * width);
                (a4, b3) = (S.MultiplyAdd(k2, r, a4), S.MultiplyAdd(k3, r, b3));
                b4 = S.MultiplyAdd(k3, S.Load(x + 3 * width), b4);
            }
        sums[0] += S.Sum(S.Add(a0, b0));
        sums[1] += S.Sum(S.Add(a1, b1));
        sums[2] += S.Sum(S.Add(a2, b2));
        sums[3] += S.Sum(S.Add(a3, b3));
        sums[4] += S.Sum(S.Add(a4, b4));
    }
}
