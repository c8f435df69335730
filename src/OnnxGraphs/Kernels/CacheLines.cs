using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OnnxGraphs.Kernels;

/// <summary>Asks for memory before it is needed, so that it arrives while the processor computes.</summary>
internal static unsafe class CacheLines
{
    /// <summary>Numbers of a line.</summary>
    public const int Numbers = 64 / sizeof(float);

    /// <summary>Brings the line of a number to the second cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(float* from)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(from);
    }

    /// <summary>Brings numbers to the second cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(float* from, int count)
    {
        if (Sse.IsSupported)
            for (var i = 0; i < count; i += Numbers)
                Sse.Prefetch1(from + i);
    }

    /// <summary>Brings numbers to the first cache: few, which are read or written soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FetchNear(float* from, int count)
    {
        if (Sse.IsSupported)
            for (var i = 0; i < count; i += Numbers)
                Sse.Prefetch0(from + i);
    }
}
