using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// A kernel in Winograd's form: what convolution and weight gradient share. Each part of the work maps the tiles that it
/// needs in memory of its own, a few strips at a time: lines that change between cores cost more than mapping twice.
/// Lavin, Gray 2016, https://arxiv.org/abs/1509.09308.
/// </summary>
internal abstract unsafe class WinogradKernel : Kernel
{
    /// <summary>Weights of a pair of channels.</summary>
    protected const int Taps = 9;

    /// <summary>Channels whose gradients of weights are mapped back at once.</summary>
    protected const int RowsAtOnce = 16;

    /// <summary>Numbers of mapped tiles of a part at once: they stay in the second cache.</summary>
    private const int NumbersAtOnce = 1 << 16;

    /// <param name="name">What it computes.</param>
    /// <param name="inputs">Shapes of the inputs.</param>
    /// <param name="output">Shape of the output.</param>
    /// <param name="loops">The loops.</param>
    /// <param name="grid">The tiles.</param>
    /// <param name="channels">Channels of the maps that are convolved.</param>
    /// <param name="columns">Channels of the result.</param>
    protected WinogradKernel(string name, IReadOnlyList<TensorShape> inputs, TensorShape output, InnerLoops loops,
        TileGrid grid, int channels, int columns) : base(name, Floats(inputs), Floats([output]))
    {
        (Loops, Grid, Channels, Columns) = (loops, grid, channels, columns);
        BlockColumns = columns <= loops.Width ? loops.Width : 2 * loops.Width;
        Blocks = (columns + BlockColumns - 1) / BlockColumns;
        Threads = Environment.ProcessorCount;
    }

    protected InnerLoops Loops { get; }

    protected TileGrid Grid { get; }

    /// <summary>Channels of the maps that are convolved: of each mapped tile.</summary>
    protected int Channels { get; }

    /// <summary>Channels of the result.</summary>
    protected int Columns { get; }

    /// <summary>Columns of a block: one vector or two.</summary>
    protected int BlockColumns { get; }

    /// <summary>Blocks of columns.</summary>
    protected int Blocks { get; }

    /// <summary>Threads to have work for.</summary>
    protected int Threads { get; }

    /// <summary>Strips that a part works on at once, with so many numbers for a tile and a frequency.</summary>
    protected int StripsAtOnce(int numbers) => Grid.StripsAtOnce(numbers, NumbersAtOnce);

    /// <summary>The next multiple of the rows that are multiplied at a time.</summary>
    protected static int Padded(int rows) =>
        (rows + InnerLoops.ProductRows - 1) / InnerLoops.ProductRows * InnerLoops.ProductRows;

    /// <summary>Where the i-th of so many about equal shares of a count begins.</summary>
    protected static int Share(int count, int i, int shares) => (int)((long)count * i / shares);

    /// <summary>Maps the sums of some channels and a block of filters back to gradients of weights.</summary>
    /// <param name="sums">At the first frequency, [channel][filter].</param>
    /// <param name="pitch">From one frequency to the next.</param>
    /// <param name="dw">All gradients.</param>
    /// <param name="filter">The first filter.</param>
    /// <param name="channel">The first channel.</param>
    /// <param name="channels">How many.</param>
    /// <param name="scratch">Memory for <see cref="RowsAtOnce"/> rows of a block.</param>
    protected void WriteGradient(float* sums, int pitch, float* dw, int filter, int channel, int channels, float* scratch)
    {
        for (var row = 0; row < channels; row += RowsAtOnce)
        {
            var rows = Math.Min(RowsAtOnce, channels - row);
            for (var lane = 0; lane < BlockColumns; lane += Loops.Width)
                Loops.MapTiles(WinogradStep.WeightGradient, Grid.Step, sums + row * BlockColumns + lane,
                    new(Grid.Side * pitch, pitch, BlockColumns), scratch + lane,
                    new(3 * BlockColumns, BlockColumns, Taps * BlockColumns), rows);
            Loops.Transpose(scratch, BlockColumns, rows * Taps, Math.Min(BlockColumns, Columns - filter),
                dw + ((long)filter * Channels + channel + row) * Taps, Channels * Taps);
        }
    }

    private static TypedShape[] Floats(IReadOnlyList<TensorShape> shapes) =>
        [.. shapes.Select(shape => new TypedShape(ElementType.Float32, shape))];
}
