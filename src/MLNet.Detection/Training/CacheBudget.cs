using OnnxGraphs.Distributed;

namespace MLNet.Detection.Training;

/// <summary>What is left of the memory for decoded pictures. Any number of threads may take of it.</summary>
/// <param name="bytes">All of it.</param>
/// <param name="onDisk">Whether what does not fit goes to a temporary file.</param>
internal sealed class CacheBudget(long bytes, bool onDisk)
{
    private long _left = bytes;

    public bool OnDisk => onDisk;

    public long Left => Interlocked.Read(ref _left);

    /// <summary>The budget of this rank; all of them ask.</summary>
    public static CacheBudget Of(PictureCache cache, IRanks ranks)
    {
        var neighbours = ranks.Count == 1 ? 1 : RankHost.Of(ranks).Neighbours;
        return new(cache.Bytes ?? PictureCache.QuarterOfFree() / neighbours, cache.OnDisk);
    }

    /// <summary>Takes so many bytes if there are as many left.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _left, -bytes) >= 0)
            return true;
        Return(bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _left, bytes);
}
