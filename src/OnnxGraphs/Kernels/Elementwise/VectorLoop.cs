using System.Runtime.CompilerServices;
using System.Numerics;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>Runs an operation over numbers in memory.</summary>
internal static unsafe class VectorLoop
{
    /// <summary>y = op(a).</summary>
    public static void Run<T>(T op, float* a, float* y, int count) where T : struct, IVectorOperation =>
        Run(op, a, a, a, y, count);

    /// <summary>y = op(a, b).</summary>
    public static void Run<T>(T op, float* a, float* b, float* y, int count) where T : struct, IVectorOperation =>
        Run(op, a, b, b, y, count);

    /// <summary>y = op(a, b, c).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T>(T op, float* a, float* b, float* c, float* y, int count)
        where T : struct, IVectorOperation
    {
        var (i, width) = (0, Vector<float>.Count);
        for (; i + width <= count; i += width)
            Vector.Store(op.Of(Vector.Load(a + i), Vector.Load(b + i), Vector.Load(c + i)), y + i);
        // The rest goes through a vector of its own.
        var rest = count - i;
        if (rest == 0)
            return;
        var tail = stackalloc float[3 * Vector<float>.Count];
        Copy(a + i, tail, rest);
        Copy(b + i, tail + width, rest);
        Copy(c + i, tail + 2 * width, rest);
        Vector.Store(op.Of(Vector.Load(tail), Vector.Load(tail + width), Vector.Load(tail + 2 * width)), tail);
        Copy(tail, y + i, rest);
    }

    private static void Copy(float* from, float* to, int count) =>
        new ReadOnlySpan<float>(from, count).CopyTo(new(to, count));
}
