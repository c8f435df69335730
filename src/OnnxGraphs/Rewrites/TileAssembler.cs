using System.Runtime.Intrinsics.X86;
using OnnxGraphs.Kernels.Elementwise;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// Collects what is done with a tile: instructions that bring operands in, one loop, and what reads the loop's results.
/// </summary>
internal sealed class TileAssembler
{
    /// <summary>Elements whose memory is larger than a second-level cache.</summary>
    private const long LargeSize = 1 << 18;

    private readonly LoopCode _loop = new();
    private readonly List<Instruction> _before = [];
    private readonly List<Instruction> _behind = [];
    private readonly List<Reduce> _reductions = [];
    private int _slots;

    /// <summary>The number of a value in memory.</summary>
    public int Load(Operand from) => _loop.Load(from);

    /// <summary>The number of a value that an instruction brings into a slot.</summary>
    public int Load(Func<Operand, Instruction> make)
    {
        var slot = NextSlot();
        _before.Add(make(slot));
        return _loop.Load(slot);
    }

    /// <summary>The number of a value that is computed; operands that the operation lacks are -1.</summary>
    public int Do(string op, int a, int b = -1, int c = -1, float alpha = 0, float beta = 0) =>
        _loop.Add(new(op, a, b, c, alpha, beta));

    /// <summary>The number of a value that is known.</summary>
    public int Number(float number) => _loop.Add(new(LoopValue.Number, Alpha: number));

    /// <summary>The number of x + a number that is known.</summary>
    public int Plus(int x, float number) => Do("Add", x, Number(number));

    /// <summary>Writes a value to an output.</summary>
    public void Store(int value, int output) => _loop.Store(value, new(Place.Output, output));

    /// <summary>Writes a value to an output that an instruction changes behind the loop.</summary>
    public void StoreAndChange(int value, int output, Instruction change)
    {
        _loop.Store(value, new(Place.Output, output), changes: true);
        _behind.Add(change);
    }

    /// <summary>Lets an instruction read a value behind the loop.</summary>
    public void Behind(int value, Func<Operand, Instruction> make) => _behind.Add(make(InMemory(value)));

    /// <summary>Adds a sum behind all instructions.</summary>
    public void Reduce(int value, Func<Operand, Reduce> make) => _reductions.Add(make(InMemory(value)));

    /// <summary>The program for this many elements, in rows of so many; it may fetch the memory of the next tile.</summary>
    public TileProgram Assemble(long size, long row, LoopCompiler loops, bool mayFetch)
    {
        // A single loop reads without pause; with several, memory would rest while the others compute.
        var parts = LoopSplitter.Split(_loop, NextSlot, mayFetch && Sse.IsSupported && size >= LargeSize);
        return new([.. _before, .. parts.Select(loops.Compile), .. _behind], _reductions, _slots, size, row);
    }

    private Operand InMemory(int value)
    {
        if (_loop.Memory(value) is { } known)
            return known;
        var slot = NextSlot();
        _loop.Store(value, slot);
        return slot;
    }

    /// <summary>A tile of scratch memory that nothing else uses.</summary>
    public Operand NextSlot() => new(Place.Slot, _slots++);
}
