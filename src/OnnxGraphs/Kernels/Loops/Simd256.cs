using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnnxGraphs.Kernels.Loops;

/// <summary>Vectors of 256 bits: AVX2.</summary>
internal readonly unsafe struct Simd256 : ISimd<Vector256<float>>
{
    public static int Width => Vector256<float>.Count;

    public static int Registers => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> vector, float* to) => Vector256.Store(vector, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreamed(Vector256<float> vector, float* to) => Vector256.Store(vector, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Repeat(float number) => Vector256.Create(number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> And(Vector256<float> a, Vector256<float> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> vector) => Vector256.Sum(vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> IfGreater(Vector256<float> a, Vector256<float> b, Vector256<float> then, Vector256<float> otherwise) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> IfEqual(Vector256<float> a, Vector256<float> b, Vector256<float> then, Vector256<float> otherwise) =>
        Vector256.ConditionalSelect(Vector256.Equals(a, b), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Even, Vector256<float> Odd) Split(float* from)
    {
        Vector256<float> a = Vector256.Load(from), b = Vector256.Load(from + Width);
        return (Joined(Avx.Shuffle(a, b, 0x88)), Joined(Avx.Shuffle(a, b, 0xDD)));
    }

    // Pairs 0, 2, 1, 3: the instruction before works in halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Joined(Vector256<float> halves) =>
        Avx2.Permute4x64(halves.AsDouble(), 0xD8).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Interleave(Vector256<float> even, Vector256<float> odd, float* to)
    {
        var (evenLow, evenHigh) = Vector256.Widen(even.AsUInt32());
        var (oddLow, oddHigh) = Vector256.Widen(odd.AsUInt32());
        Vector256.Store(evenLow | (oddLow << 32), (ulong*)to);
        Vector256.Store(evenHigh | (oddHigh << 32), (ulong*)(to + Width));
    }
}
