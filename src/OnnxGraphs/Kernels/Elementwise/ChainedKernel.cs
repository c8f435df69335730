using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// A kernel and a chain of elementwise operators behind it, in one pass: the chain goes through each piece of the kernel's
/// output while it is in the cache. Where nothing else reads that output, it is never in memory as a whole.
/// </summary>
internal sealed unsafe class ChainedKernel : Kernel
{
    private const int LineSize = 16;

    private readonly PieceKernel _first;
    private readonly Instruction[] _instructions;
    private readonly Reduce[] _reductions;
    private readonly Pieces _pieces;
    private readonly int _slots, _capacity;
    private readonly Operand[] _streams;

    /// <param name="first">The kernel; its inputs are the first ones of all.</param>
    /// <param name="program">The chain.</param>
    /// <param name="inputs">All inputs.</param>
    /// <param name="outputs">What the chain writes.</param>
    /// <param name="written">Where the chain reads the kernel's output: an output or a slot.</param>
    public ChainedKernel(PieceKernel first, TileProgram program, IReadOnlyList<TypedShape> inputs,
        IReadOnlyList<TypedShape> outputs, Operand written) : base(first.Name + "Chain", inputs, outputs)
    {
        (_first, _slots, _pieces, Written) = (first, program.Slots, new(this), written);
        (_instructions, _reductions) = ([.. program.Instructions], [.. program.Reductions]);
        Rows = (int)(first.Outputs[0].Shape.Size / first.Row);
        PiecesOfRow = first.PieceOfRow >= first.Row ? 1 : (first.Row + first.PieceOfRow - 1) / first.PieceOfRow;
        _capacity = (first.LargestPiece + LineSize - 1) / LineSize * LineSize;
        _streams =
        [
            .. inputs.Index().Skip(first.Inputs.Count).Where(i => IsStream(i.Item)).Select(i => new Operand(Place.Input, i.Index)),
            .. outputs.Index().Where(o => IsStream(o.Item)).Select(o => new Operand(Place.Output, o.Index)),
        ];

        // One number for each of the kernel's output.
        bool IsStream(TypedShape value) =>
            value.Element == ElementType.Float32 && value.Shape.Size == first.Outputs[0].Shape.Size;
    }

    public override long ScratchBytes => SumsAt + sizeof(float) * (long)_reductions.Length * Rows * PiecesOfRow;

    private Operand Written { get; }

    private long SumsAt => (_first.ScratchBytes + 63) / 64 * 64;

    private int Rows { get; }

    private int PiecesOfRow { get; }

    public override void Run(ref KernelCall call)
    {
        _first.Run(ref call);
        if (PiecesOfRow == 1)
            return;
        for (var i = 0; i < _reductions.Length; i++)
            for (var row = 0; row < Rows; row++)
                call.Output(_reductions[i].Output)[row] = _reductions[i].Whole(new(Sums(in call, i) + row * PiecesOfRow,
                    PiecesOfRow));
    }

    public override void Part(in KernelCall call, int phase, int index) => _first.Part(in call, index, _pieces);

    // Behind the memory of the kernel: a sum for each piece of a row, by reduction.
    private float* Sums(in KernelCall call, int reduction) =>
        (float*)(call.Scratch + SumsAt) + (long)reduction * Rows * PiecesOfRow;

    private sealed class Pieces(ChainedKernel kernel) : OutputPieces
    {
        public override void Fetch(in KernelCall call, long start, int count)
        {
            foreach (var stream in kernel._streams)
                CacheLines.FetchNear((stream.Place == Place.Input ? call.Input(stream.Index) : call.Output(stream.Index)) + start,
                    count);
        }

        public override float* At(in KernelCall call, long start) =>
            kernel.TileAt(in call, start, 0).At(kernel.Written);

        public override void Done(in KernelCall call, long start, int count)
        {
            var tile = kernel.TileAt(in call, start, count);
            foreach (var instruction in kernel._instructions)
                instruction.Run(in tile);
            for (var i = 0; i < kernel._reductions.Length; i++)
                if (kernel.PiecesOfRow == 1)
                    kernel._reductions[i].Run(in tile);
                else
                    kernel.Sums(in call, i)[kernel.PieceAt(start)] = kernel._reductions[i].Piece(in tile);
        }
    }

    private Tile TileAt(in KernelCall call, long start, int count) =>
        new(in call, Workspace.ForChain(_slots * _capacity), _capacity, start, count);

    // Number of a piece, counted row by row.
    private int PieceAt(long start)
    {
        var (row, at) = Math.DivRem(start, _first.Row);
        return (int)row * PiecesOfRow + (int)at / _first.PieceOfRow;
    }
}
