using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace OnnxGraphs.Kernels;

/// <summary>Asks for memory before it is needed, so that it arrives while the processor computes.</summary>
internal static unsafe class CacheLines
{
    private const int Line = 64 / sizeof(float);

    /// <summary>Brings numbers to the second cache, whether they are going to be read or written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(float* from, int count)
    {
        if (Sse.IsSupported)
            for (var i = 0; i < count; i += Line)
                Sse.Prefetch1(from + i);
    }
}
