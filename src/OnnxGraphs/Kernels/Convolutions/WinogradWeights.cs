using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// Maps weights [K, C, 3, 3] to [frequency][block of columns][row][column]. Forward, rows are channels and columns
/// filters; backward it is the other way round, with flipped kernels.
/// </summary>
internal sealed unsafe class WinogradWeights(InnerLoops loops, int filters, int channels, bool isFlipped)
{
    /// <summary>Rows of a piece.</summary>
    public const int RowsAtOnce = 16;

    private const int Taps = 9;

    private readonly int _rows = isFlipped ? filters : channels;
    private readonly int _columns = isFlipped ? channels : filters;

    /// <summary>Pieces of the work for a block of columns.</summary>
    public int PiecesOfBlock => (_rows + RowsAtOnce - 1) / RowsAtOnce;

    /// <summary>Numbers that <see cref="Map"/> needs for blocks of so many columns.</summary>
    public static int Scratch(int blockColumns) => RowsAtOnce * Taps * blockColumns;

    /// <summary>Maps some rows of a block.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="column">The block's first column.</param>
    /// <param name="blockColumns">Columns of the block: one vector or two.</param>
    /// <param name="piece">Which of the block's pieces.</param>
    /// <param name="to">The block at the first frequency.</param>
    /// <param name="frequencyPitch">Numbers to the next frequency.</param>
    /// <param name="scratch">Memory to work in.</param>
    /// <param name="outputs">Rows and columns of outputs of a tile: 4 or 5.</param>
    /// <param name="step">Whether what is mapped goes past the caches or stays in them.</param>
    public void Map(float* weights, int column, int blockColumns, int piece, float* to, int frequencyPitch,
        float* scratch, int outputs, WinogradStep step = WinogradStep.Weights)
    {
        nint tap = isFlipped ? -blockColumns : blockColumns;
        var first = scratch + (isFlipped ? (Taps - 1) * blockColumns : 0);
        var row = piece * RowsAtOnce;
        var rows = Math.Min(RowsAtOnce, _rows - row);
        Gather(weights, column, blockColumns, row, rows, scratch);
        for (var lane = 0; lane < blockColumns; lane += loops.Width)
            loops.MapTiles(step, outputs, first + lane, new(3 * tap, tap, Taps * blockColumns),
                to + row * blockColumns + lane, new((outputs + 2) * frequencyPitch, frequencyPitch, blockColumns), rows);
    }

    // [row][entry of the kernel][column]
    private void Gather(float* weights, int column, int blockColumns, int row, int rows, float* to)
    {
        var columns = Math.Min(blockColumns, _columns - column);
        if (columns < blockColumns)
            new Span<float>(to, Scratch(blockColumns)).Clear();
        if (!isFlipped)
        {
            var from = weights + ((long)column * channels + row) * Taps;
            for (var i = 0; i < columns; i++)
                CacheLines.Fetch(from + ((long)i * channels + rows) * Taps, rows * Taps);
            loops.Transpose(from, channels * Taps, columns, rows * Taps, to, blockColumns);
        }
        else
            for (var i = 0; i < rows; i++)
            {
                var from = weights + ((long)(row + i) * channels + column) * Taps;
                CacheLines.Fetch(from + (long)rows * channels * Taps, columns * Taps);
                loops.Transpose(from, Taps, columns, Taps, to + i * Taps * blockColumns, blockColumns);
            }
    }
}
