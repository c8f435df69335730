using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnnxGraphs.Kernels.Loops;

/// <summary>Transposes squares of sixteen numbers in registers of 512 bits.</summary>
internal static unsafe class WideTranspose
{
    /// <summary>Rows and columns of a square.</summary>
    public const int Side = 16;

    // Of the four lanes of two vectors.
    private const byte EvenLanes = 0b10_00_10_00, OddLanes = 0b11_01_11_01;

    /// <summary>Whether the processor has them.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>to[j toPitch + i] = from[i fromPitch + j], for i and j below sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Square(float* from, nint fromPitch, float* to, nint toPitch)
    {
        var (a0, a1, a2, a3) = FourRows(from, fromPitch);
        var (b0, b1, b2, b3) = FourRows(from + 4 * fromPitch, fromPitch);
        var (c0, c1, c2, c3) = FourRows(from + 8 * fromPitch, fromPitch);
        var (d0, d1, d2, d3) = FourRows(from + 12 * fromPitch, fromPitch);
        StoreColumns(a0, b0, c0, d0, to, 4 * toPitch);
        StoreColumns(a1, b1, c1, d1, to + toPitch, 4 * toPitch);
        StoreColumns(a2, b2, c2, d2, to + 2 * toPitch, 4 * toPitch);
        StoreColumns(a3, b3, c3, d3, to + 3 * toPitch, 4 * toPitch);
    }

    // Four rows' numbers of a column in each lane: columns 0, 4, 8, 12 in the first vector, 1, 5, 9, 13 in the next.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) FourRows(float* from, nint pitch)
    {
        Vector512<float> a = Vector512.Load(from), b = Vector512.Load(from + pitch);
        Vector512<float> c = Vector512.Load(from + 2 * pitch), d = Vector512.Load(from + 3 * pitch);
        Vector512<double> lowAb = Avx512F.UnpackLow(a, b).AsDouble(), highAb = Avx512F.UnpackHigh(a, b).AsDouble();
        Vector512<double> lowCd = Avx512F.UnpackLow(c, d).AsDouble(), highCd = Avx512F.UnpackHigh(c, d).AsDouble();
        return (Avx512F.UnpackLow(lowAb, lowCd).AsSingle(), Avx512F.UnpackHigh(lowAb, lowCd).AsSingle(),
            Avx512F.UnpackLow(highAb, highCd).AsSingle(), Avx512F.UnpackHigh(highAb, highCd).AsSingle());
    }

    // A lane of each vector makes a column: lanes 0, 2 and 1, 3 of two vectors first, then those of all four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreColumns(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to,
        nint pitch)
    {
        Vector512<float> evenAb = Avx512F.Shuffle4x128(a, b, EvenLanes), evenCd = Avx512F.Shuffle4x128(c, d, EvenLanes);
        Vector512<float> oddAb = Avx512F.Shuffle4x128(a, b, OddLanes), oddCd = Avx512F.Shuffle4x128(c, d, OddLanes);
        Avx512F.Shuffle4x128(evenAb, evenCd, EvenLanes).Store(to);
        Avx512F.Shuffle4x128(oddAb, oddCd, EvenLanes).Store(to + pitch);
        Avx512F.Shuffle4x128(evenAb, evenCd, OddLanes).Store(to + 2 * pitch);
        Avx512F.Shuffle4x128(oddAb, oddCd, OddLanes).Store(to + 3 * pitch);
    }
}
