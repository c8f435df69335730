namespace OnnxGraphs.Memory;

/// <summary>A region of memory for sessions of which one runs at a time: as large as the largest needs.</summary>
internal sealed unsafe class MemoryRegion
{
    // Large pages are as dear as what a hundred runs gain by them, where a virtual machine's host has to find them.
    private const int RunsUntilLarge = 30;

    private readonly Lock _lock = new();
    private byte* _memory;
    private int _sessions, _blocks, _runs;

    /// <summary>Bytes.</summary>
    public long Size { get; private set; }

    /// <summary>One session more.</summary>
    public MemoryRegion Join()
    {
        lock (_lock)
            _sessions++;
        return this;
    }

    /// <summary>One session less; behind the last one the region is given back.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _sessions--;
            UnmapUnused();
        }
    }

    /// <summary>Whether a run may use so many bytes: not while a block of another run lies here, and not without room.</summary>
    public bool TryReserve(long bytes)
    {
        lock (_lock)
        {
            if (_blocks > 0)
                return false;
            if (bytes <= Size)
            {
                if (++_runs == RunsUntilLarge)
                    Pages.PreferLarge(_memory, Size);
                return true;
            }
            Unmap();
            _memory = (byte*)Pages.Map(bytes);
            (Size, _runs) = (_memory is null ? 0 : bytes, 0);
            return Size >= bytes;
        }
    }

    /// <summary>The block at a place, which is in use from now on.</summary>
    public void* Take(long place)
    {
        lock (_lock)
            _blocks++;
        return _memory + place;
    }

    /// <summary>A block is in use no more.</summary>
    public void Return()
    {
        lock (_lock)
        {
            _blocks--;
            UnmapUnused();
        }
    }

    // A value that a closed session has returned may be in use for longer.
    private void UnmapUnused()
    {
        if (_sessions == 0 && _blocks == 0)
            Unmap();
    }

    private void Unmap()
    {
        if (_memory is not null)
            Pages.Unmap(_memory, Size);
        _memory = null;
        Size = 0;
    }
}
