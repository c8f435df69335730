using OnnxGraphs.Kernels;

namespace OnnxGraphs.Memory;

/// <summary>
/// The memory of a session whose runs all do the same. The first run is recorded: what it asks for and when it gives it
/// back. From then on its blocks lie in one region, each in what the others leave free in its time. ONNX Runtime's arena
/// decides at each request without a look ahead, and takes up to twice as much.
/// </summary>
/// <remarks>
/// A block gets its planned place only while the run has asked and given back in the order of the recorded one, and where
/// it is no larger: nothing else that is in use can lie there then. Sizes may depend on data, as those of hard negatives do;
/// one that has grown is planned with twice the size from then on. A run that departs from the order gets the rest of its
/// blocks one by one, and the next one is planned by it.
/// </remarks>
internal sealed unsafe class PlannedMemory : IDisposable
{
    private readonly Lock _lock = new();

    private RunRecord _planned = new(), _record = new();
    private long[] _places = [];
    private long _size;
    private int _run;
    private bool _runs, _follows, _grown;

    /// <summary>Empty; the region may be that of other sessions, of which one runs at a time.</summary>
    public PlannedMemory(MemoryRegion region, OrtFunctions functions)
    {
        Region = region.Join();
        Allocator = new(this, functions);
    }

    /// <summary>What ONNX Runtime asks for memory.</summary>
    public SessionAllocator Allocator { get; }

    /// <summary>Where the blocks lie.</summary>
    public MemoryRegion Region { get; }

    /// <summary>A run begins.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _record.Clear();
            _run++;
            (_runs, _grown) = (true, false);
            _follows = _planned.Blocks > 0 && Region.TryReserve(_size);
        }
    }

    /// <summary>The run is done.</summary>
    public void End()
    {
        lock (_lock)
        {
            _runs = false;
            if (!_follows || !_record.IsAsLongAs(_planned))
                (_planned, _record, _grown) = (_record, _planned, true);
            if (_grown)
                (_places, _size) = _planned.Plan();
        }
    }

    /// <summary>So many bytes behind the block's head; null where there is no room.</summary>
    public BlockHead* Allocate(long bytes)
    {
        bytes = BlockHead.Whole(bytes);
        lock (_lock)
        {
            if (!_runs)
                return BlockHead.Alone(bytes);
            var number = _record.Ask(bytes);
            _follows = _follows && _record.EndsLike(_planned);
            var block = Fits(number, bytes) ? BlockHead.At(Region.Take(_places[number])) : BlockHead.Alone(bytes);
            if (block is not null)
                (block->Run, block->Number) = (_run, number);
            return block;
        }
    }

    /// <summary>Takes a block back.</summary>
    public void Free(BlockHead* block)
    {
        lock (_lock)
        {
            if (_runs && block->Run == _run)
            {
                _record.GiveBack(block->Number);
                _follows = _follows && _record.EndsLike(_planned);
            }
            if (block->IsAlone)
                BlockHead.Free(block);
            else
                Region.Return();
        }
    }

    /// <summary>Gives all back but itself: what a closed session has returned may be given back later.</summary>
    public void Dispose()
    {
        lock (_lock)
            (_planned, _record, _places, _follows) = (new(), new(), [], false);
        Region.Leave();
    }

    private bool Fits(int number, long bytes)
    {
        if (!_follows || _places[number] < 0)
            return false;
        if (bytes <= _planned[number])
            return true;
        _planned[number] = 2 * bytes;
        _grown = true;
        return false;
    }
}
