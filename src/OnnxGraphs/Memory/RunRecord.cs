namespace OnnxGraphs.Memory;

/// <summary>What a run asks of its memory, in order: the sizes of blocks, and which block is given back when.</summary>
internal sealed class RunRecord
{
    // A size, or the complement of a block's number.
    private readonly List<long> _events = [];

    /// <summary>Blocks asked for.</summary>
    public int Blocks { get; private set; }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _events.Clear();
        Blocks = 0;
    }

    /// <summary>A block is asked for; returns its number.</summary>
    public int Ask(long size)
    {
        _events.Add(size);
        return Blocks++;
    }

    /// <summary>A block is given back.</summary>
    public void GiveBack(int block) => _events.Add(~block);

    /// <summary>Whether another's event of the same number is that of this one's end.</summary>
    public bool EndsLike(RunRecord other) =>
        _events.Count <= other._events.Count && _events[^1] == other._events[_events.Count - 1];

    /// <summary>Whether it has as many events as another.</summary>
    public bool IsAsLongAs(RunRecord other) => _events.Count == other._events.Count;

    /// <summary>A place for each block in a region, -1 for those that were not given back, and the region's size.</summary>
    public (long[] Places, long Size) Plan()
    {
        var (begins, lives, blocks) = (new List<int>(), new List<BlockLife>(), new List<int>());
        foreach (var (at, what) in _events.Index())
            if (what >= 0)
                begins.Add(at);
            else
            {
                blocks.Add((int)~what);
                lives.Add(new(_events[begins[blocks[^1]]], begins[blocks[^1]], at));
            }
        var (laid, size) = MemoryPlanner.Lay(lives);
        var places = new long[Blocks];
        Array.Fill(places, -1);
        foreach (var (block, place) in blocks.Zip(laid))
            places[block] = place;
        return (places, size);
    }
}
