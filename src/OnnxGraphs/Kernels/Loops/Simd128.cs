using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace OnnxGraphs.Kernels.Loops;

/// <summary>Vectors of 128 bits: SSE4.1 and NEON.</summary>
internal readonly unsafe struct Simd128 : ISimd<Vector128<float>>
{
    public static int Width => Vector128<float>.Count;

    public static int Registers => AdvSimd.IsSupported ? 32 : 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> vector, float* to) => Vector128.Store(vector, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreStreamed(Vector128<float> vector, float* to) => Vector128.Store(vector, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Repeat(float number) => Vector128.Create(number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> And(Vector128<float> a, Vector128<float> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> vector) => Vector128.Sum(vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> IfGreater(Vector128<float> a, Vector128<float> b, Vector128<float> then, Vector128<float> otherwise) =>
        Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> IfEqual(Vector128<float> a, Vector128<float> b, Vector128<float> then, Vector128<float> otherwise) =>
        Vector128.ConditionalSelect(Vector128.Equals(a, b), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> Even, Vector128<float> Odd) Split(float* from)
    {
        Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + Width);
        return Sse.IsSupported ? (Sse.Shuffle(a, b, 0x88), Sse.Shuffle(a, b, 0xDD))
            : AdvSimd.Arm64.IsSupported ? (AdvSimd.Arm64.UnzipEven(a, b), AdvSimd.Arm64.UnzipOdd(a, b))
            : (Vector128.Create(a[0], a[2], b[0], b[2]), Vector128.Create(a[1], a[3], b[1], b[3]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Interleave(Vector128<float> even, Vector128<float> odd, float* to)
    {
        var (evenLow, evenHigh) = Vector128.Widen(even.AsUInt32());
        var (oddLow, oddHigh) = Vector128.Widen(odd.AsUInt32());
        Vector128.Store(evenLow | (oddLow << 32), (ulong*)to);
        Vector128.Store(evenHigh | (oddHigh << 32), (ulong*)(to + Width));
    }
}
