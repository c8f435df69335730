using System.Runtime.InteropServices;

namespace OnnxGraphs.Memory;

/// <summary>What lies in front of a block's bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = Alignment)]
internal unsafe struct BlockHead
{
    /// <summary>Bytes of a head; blocks begin at multiples of it.</summary>
    public const int Alignment = 64;

    // From here on a block of its own is pages of its own: freed small ones would hold more than they are.
    private const long Large = 128 << 10;

    /// <summary>The run that it belongs to; 0 outside of runs.</summary>
    public int Run;

    /// <summary>Its number in the run.</summary>
    public int Number;

    private long _aloneBytes;

    /// <summary>Whether it lies outside of regions.</summary>
    public readonly bool IsAlone => _aloneBytes > 0;

    /// <summary>Bytes of a block with its head.</summary>
    public static long Whole(long bytes) => checked(bytes + 2 * Alignment - 1) / Alignment * Alignment;

    /// <summary>A block in a region.</summary>
    public static BlockHead* At(void* place)
    {
        *(BlockHead*)place = default;
        return (BlockHead*)place;
    }

    /// <summary>A block of its own, with its head; null where there is no room.</summary>
    public static BlockHead* Alone(long bytes)
    {
        var block = (BlockHead*)(bytes >= Large ? Pages.Map(bytes) : NativeMemory.AlignedAlloc((nuint)bytes, Alignment));
        if (block is not null)
            *block = new() { _aloneBytes = bytes };
        return block;
    }

    /// <summary>Gives back a block of its own.</summary>
    public static void Free(BlockHead* block)
    {
        if (block->_aloneBytes >= Large)
            Pages.Unmap(block, block->_aloneBytes);
        else
            NativeMemory.AlignedFree(block);
    }
}
