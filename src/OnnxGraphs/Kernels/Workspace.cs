using System.Runtime.InteropServices;

namespace OnnxGraphs.Kernels;

/// <summary>
/// Memory of a thread for the part of a kernel that it runs. The next kernel gets the same, so that it stays in the
/// thread's cache; contents are what the last one left.
/// </summary>
internal static unsafe class Workspace
{
    private const int LineSize = 64;

    [ThreadStatic]
    private static byte[]? _forKernel;

    [ThreadStatic]
    private static byte[]? _forChain;

    /// <summary>So many numbers, aligned to 64 bytes, until the end of the part.</summary>
    public static float* ForKernel(int count) => Aligned(ref _forKernel, count);

    /// <summary>The same for the chain behind a kernel.</summary>
    public static float* ForChain(int count) => Aligned(ref _forChain, count);

    private static float* Aligned(ref byte[]? memory, int count)
    {
        var bytes = checked(count * sizeof(float) + LineSize);
        if (memory is null || memory.Length < bytes)
            memory = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        var address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0);
        return (float*)((address + LineSize - 1) / LineSize * LineSize);
    }
}
