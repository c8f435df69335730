namespace MLNet.Detection.Training;

/// <summary>
/// Copies of a network's weights are large and short of life. The runtime lets them lie until its own budget is spent, while
/// ONNX Runtime takes its memory beside them.
/// </summary>
internal static class ManagedMemory
{
    private const long Much = 64 << 20;

    private static long _allocated;

    /// <summary>Gives back what nobody holds any more, where the heap is large and much of it came since that was done last.</summary>
    public static void GiveBack()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - Interlocked.Read(ref _allocated) < Much || GC.GetTotalMemory(false) < Much)
            return;
        Interlocked.Exchange(ref _allocated, allocated);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
