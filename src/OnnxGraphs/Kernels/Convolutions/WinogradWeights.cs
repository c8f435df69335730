using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// Maps weights [K, C, 3, 3] to [frequency][block of columns][row][columns of the block]. Forward, rows are channels
/// and columns filters; backward it is the other way round, with flipped kernels.
/// </summary>
internal sealed unsafe class WinogradWeights(InnerLoops loops, int filters, int channels, bool isFlipped)
{
    private const int Taps = 9, RowsAtOnce = 16;

    /// <summary>Rows of a block.</summary>
    public int Rows { get; } = isFlipped ? filters : channels;

    /// <summary>Columns of all blocks together.</summary>
    public int Columns { get; } = isFlipped ? channels : filters;

    /// <summary>Columns of a block: one vector or two.</summary>
    public int BlockColumns => Columns <= loops.Width ? loops.Width : 2 * loops.Width;

    /// <summary>Blocks of columns.</summary>
    public int Blocks => (Columns + BlockColumns - 1) / BlockColumns;

    /// <summary>Numbers of a block at one frequency.</summary>
    public int BlockSize => Rows * BlockColumns;

    /// <summary>Numbers from one frequency to the next.</summary>
    public int FrequencyPitch => TileGrid.Spread(Blocks * BlockSize);

    /// <summary>Pieces of work.</summary>
    public int Pieces => Blocks * PiecesOfBlock;

    /// <summary>Numbers that <see cref="Map"/> needs.</summary>
    public int Scratch => RowsAtOnce * Taps * BlockColumns;

    private int PiecesOfBlock => (Rows + RowsAtOnce - 1) / RowsAtOnce;

    /// <summary>Maps a piece of the weights.</summary>
    public void Map(float* weights, int piece, float* to, float* scratch)
    {
        var (block, row) = (piece / PiecesOfBlock, piece % PiecesOfBlock * RowsAtOnce);
        var rows = Math.Min(RowsAtOnce, Rows - row);
        Gather(weights, block * BlockColumns, row, rows, scratch);
        nint step = isFlipped ? -BlockColumns : BlockColumns;
        var source = new TileStrides(3 * step, step, Taps * BlockColumns);
        var first = scratch + (isFlipped ? (Taps - 1) * BlockColumns : 0);
        to += block * BlockSize + row * BlockColumns;
        for (var lane = 0; lane < BlockColumns; lane += loops.Width)
            loops.MapTiles(WinogradStep.Weights, first + lane, source, to + lane,
                new(6 * FrequencyPitch, FrequencyPitch, BlockColumns), rows);
    }

    // [row][entry of the kernel][column]
    private void Gather(float* weights, int column, int row, int rows, float* to)
    {
        var columns = Math.Min(BlockColumns, Columns - column);
        if (columns < BlockColumns)
            new Span<float>(to, Scratch).Clear();
        if (!isFlipped)
            loops.Transpose(weights + ((long)column * channels + row) * Taps, channels * Taps, columns, rows * Taps, to,
                BlockColumns);
        else
            for (var i = 0; i < rows; i++)
                loops.Transpose(weights + ((long)(row + i) * channels + column) * Taps, Taps, columns, Taps,
                    to + i * Taps * BlockColumns, BlockColumns);
    }
}
