namespace OnnxGraphs.Memory;

/// <summary>What a run asks of its memory: blocks of sizes, and which of them is given back when.</summary>
internal sealed class RunRecord
{
    private const int Asked = -1;

    // In order: Asked, or the number of the block that is given back.
    private readonly List<int> _events = [];
    private readonly List<long> _sizes = [];

    /// <summary>Blocks asked for.</summary>
    public int Blocks => _sizes.Count;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _events.Clear();
        _sizes.Clear();
    }

    /// <summary>A block is asked for; returns its number.</summary>
    public int Ask(long size)
    {
        _events.Add(Asked);
        _sizes.Add(size);
        return Blocks - 1;
    }

    /// <summary>A block is given back.</summary>
    public void GiveBack(int block) => _events.Add(block);

    /// <summary>Bytes of a block.</summary>
    public long this[int block]
    {
        get => _sizes[block];
        set => _sizes[block] = value;
    }

    /// <summary>Whether this one's last event is another's of the same number; sizes aside.</summary>
    public bool EndsLike(RunRecord other) =>
        _events.Count <= other._events.Count && _events[^1] == other._events[_events.Count - 1];

    /// <summary>Whether it has as many events as another.</summary>
    public bool IsAsLongAs(RunRecord other) => _events.Count == other._events.Count;

    /// <summary>A place for each block in a region, -1 for those that were not given back, and the region's size.</summary>
    public (long[] Places, long Size) Plan()
    {
        var (begins, lives, blocks) = (new List<int>(Blocks), new List<BlockLife>(Blocks), new List<int>(Blocks));
        foreach (var (at, block) in _events.Index())
            if (block == Asked)
                begins.Add(at);
            else
            {
                blocks.Add(block);
                lives.Add(new(_sizes[block], begins[block], at));
            }
        var (laid, size) = MemoryPlanner.Lay(lives);
        var places = new long[Blocks];
        Array.Fill(places, -1);
        foreach (var (block, place) in blocks.Zip(laid))
            places[block] = place;
        return (places, size);
    }
}
