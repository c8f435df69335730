using System.Numerics;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// A chain of elementwise operators in one pass over memory: the program runs on one tile after the other, and all that
/// is between its inputs and outputs stays in the cache.
/// </summary>
internal sealed unsafe class ElementwiseKernel : Kernel
{
    /// <summary>Numbers in the slots of a part: half of a first-level cache.</summary>
    private const int CachedNumbers = 6144;

    /// <summary>Elements that are worth another thread.</summary>
    private const long PartSize = 8192;

    private const int PartsPerThread = 4, LargestTile = 2048, SmallestTile = 256, WidestVector = 16;

    private readonly TileProgram _program;
    private readonly Instruction[] _instructions;
    private readonly Reduce[] _reductions;
    private readonly int _capacity;
    private readonly int _tile;
    private readonly int _pieces;
    private readonly int _blocks;
    private readonly int _parts;

    public ElementwiseKernel(TileProgram program, IReadOnlyList<TypedShape> inputs, IReadOnlyList<TypedShape> outputs)
        : base("Elementwise", inputs, outputs)
    {
        _program = program;
        (_instructions, _reductions) = ([.. program.Instructions], [.. program.Reductions]);
        _capacity = Math.Clamp(CachedNumbers / Math.Max(1, program.Slots) / 64 * 64, SmallestTile, LargestTile);
        // Whole rows in a tile, whole vectors too if there is room; or whole tiles in a row.
        var step = program.Row * (WidestVector / (int)BigInteger.GreatestCommonDivisor(program.Row, WidestVector));
        _tile = program.Row > _capacity ? _capacity
            : (int)(step <= _capacity ? _capacity / step * step : _capacity / program.Row * program.Row);
        _pieces = program.Row <= _capacity ? 1 : (int)((program.Row + _tile - 1) / _tile);
        _blocks = (int)(_pieces == 1 ? (program.Size + _tile - 1) / _tile : program.Size / program.Row * _pieces);
        _parts = (int)Math.Clamp(program.Size / PartSize, 1,
            Math.Min(_blocks, PartsPerThread * Environment.ProcessorCount));
    }

    /// <summary>Whether it adds up rows.</summary>
    public bool HasSums => _reductions.Length > 0;

    /// <summary>Whether nothing but the loops over elements reads an input.</summary>
    public bool ReadsByElement(int input) => Inputs[input].Shape.Size == _program.Size
        && !_instructions.Any(instruction => instruction is not FusedLoop && instruction.ReadsInput(input));

    // Nothing reads a tile of that input once the output's is written.
    public override bool MayShare(int input, int output)
    {
        var written = Array.FindIndex(_instructions, instruction => instruction.WritesOutput(output));
        return written >= 0 && Array.FindLastIndex(_instructions, i => i.ReadsInput(input)) <= written
            && !_reductions.Any(reduction => reduction.ReadsInput(input));
    }

    public override long ScratchBytes => _pieces > 1 ? sizeof(float) * (long)_reductions.Length * _blocks : 0;

    public override void Run(ref KernelCall call)
    {
        if (_parts == 1)
            Part(in call, 0, 0);
        else
            call.ForEach(0, _parts);
        if (_pieces == 1)
            return;
        for (var i = 0; i < _reductions.Length; i++)
            for (var row = 0; row < _blocks / _pieces; row++)
                call.Output(_reductions[i].Output)[row] =
                    _reductions[i].Whole(new(Pieces(in call, i) + row * _pieces, _pieces));
    }

    public override void Part(in KernelCall call, int phase, int index)
    {
        var slots = Workspace.ForChain(_program.Slots * _capacity);
        var end = (int)((long)_blocks * (index + 1) / _parts);
        for (var block = (int)((long)_blocks * index / _parts); block < end; block++)
        {
            var (row, piece) = (block / _pieces, block % _pieces);
            var start = _pieces == 1 ? (long)block * _tile : row * _program.Row + (long)piece * _tile;
            var rest = (_pieces == 1 ? _program.Size : (row + 1) * _program.Row) - start;
            RunTile(new(in call, slots, _capacity, start, (int)Math.Min(_tile, rest)), in call, block);
        }
    }

    /// <summary>Works on some elements, of a chain without sums.</summary>
    public void Run(in KernelCall call, long start, long end)
    {
        var slots = Workspace.ForChain(_program.Slots * _capacity);
        for (; start < end; start += _tile)
            RunTile(new(in call, slots, _capacity, start, (int)Math.Min(_tile, end - start)), in call, 0);
    }

    private void RunTile(in Tile tile, in KernelCall call, int block)
    {
        foreach (var instruction in _instructions)
            instruction.Run(in tile);
        for (var i = 0; i < _reductions.Length; i++)
            if (_pieces == 1)
                _reductions[i].Run(in tile);
            else
                Pieces(in call, i)[block] = _reductions[i].Piece(in tile);
    }

    // A sum for each tile, by reduction.
    private float* Pieces(in KernelCall call, int reduction) => (float*)call.Scratch + (long)reduction * _blocks;
}
