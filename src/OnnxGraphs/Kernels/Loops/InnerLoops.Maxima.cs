using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

// The first of equal maxima counts, and no number is larger than NaN.
internal sealed unsafe partial class InnerLoops<V, S>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void ChooseMaxima(float* x, nint width, float* dy, int count, float* lines, nint linePitch)
    {
        // The last vector overlaps the one before it.
        for (nint i = 0; i < count; i = Next(i, count))
        {
            V largest = S.Split(x + 2 * i).Even, place = default;
            var (second, third) = S.Split(x + 2 * i + 1);
            Compare(second, 1, ref largest, ref place);
            Compare(third, 2, ref largest, ref place);
            for (var row = 1; row < 3; row++)
            {
                var from = x + row * width + 2 * i;
                (second, third) = S.Split(from + 1);
                Compare(S.Split(from).Even, 3 * row, ref largest, ref place);
                Compare(second, 3 * row + 1, ref largest, ref place);
                Compare(third, 3 * row + 2, ref largest, ref place);
            }
            V gradient = S.Load(dy + i), none = default;
            for (var line = 0; line < 9; line++)
                S.Store(S.IfEqual(place, S.Repeat(line), gradient, none), lines + line * linePitch + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Compare(V number, float at, ref V largest, ref V place)
    {
        place = S.IfGreater(number, largest, S.Repeat(at), place);
        largest = S.IfGreater(number, largest, number, largest);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void InterleaveLines(float* upper, float* lower, nint linePitch, int count, float* to)
    {
        for (nint i = 0; i < count; i += S.Width)
        {
            V even = S.Add(S.Load(upper + 2 * linePitch + i), S.Load(upper + i + 1));
            even = S.Add(S.Add(even, S.Load(lower + 2 * linePitch + i)), S.Load(lower + i + 1));
            V odd = S.Add(S.Load(upper + linePitch + i + 1), S.Load(lower + linePitch + i + 1));
            S.Interleave(even, odd, to + 2 * i);
        }
    }
}
