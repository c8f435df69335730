using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnnxGraphs.Kernels.Loops;

/// <summary>Vectors of 512 bits: AVX-512.</summary>
internal readonly unsafe struct Simd512 : ISimd<Vector512<float>>
{
    public static int Width => Vector512<float>.Count;

    public static int Registers => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> vector, float* to) => Vector512.Store(vector, to);

    // A vector is a whole cache line.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreamed(Vector512<float> vector, float* to) => Vector512.StoreAlignedNonTemporal(vector, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Repeat(float number) => Vector512.Create(number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> And(Vector512<float> a, Vector512<float> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> vector) => Vector512.Sum(vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> IfGreater(Vector512<float> a, Vector512<float> b, Vector512<float> then, Vector512<float> otherwise) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> IfEqual(Vector512<float> a, Vector512<float> b, Vector512<float> then, Vector512<float> otherwise) =>
        Vector512.ConditionalSelect(Vector512.Equals(a, b), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Even, Vector512<float> Odd) Split(float* from)
    {
        Vector512<float> a = Vector512.Load(from), b = Vector512.Load(from + Width);
        var evens = Vector512<int>.Indices * 2;
        return (Avx512F.PermuteVar16x32x2(a, evens, b), Avx512F.PermuteVar16x32x2(a, evens + Vector512<int>.One, b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Interleave(Vector512<float> even, Vector512<float> odd, float* to)
    {
        var (evenLow, evenHigh) = Vector512.Widen(even.AsUInt32());
        var (oddLow, oddHigh) = Vector512.Widen(odd.AsUInt32());
        Vector512.Store(evenLow | (oddLow << 32), (ulong*)to);
        Vector512.Store(evenHigh | (oddHigh << 32), (ulong*)(to + Width));
    }
}
