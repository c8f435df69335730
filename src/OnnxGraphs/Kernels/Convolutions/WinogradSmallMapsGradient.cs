using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// What <see cref="WinogradWeightGradient"/> computes, for many channels on few tiles: there the sums of all frequencies are
/// far more numbers than the tiles. All tiles are mapped first, once for all threads; then each piece, some channels for a
/// block of filters, sums all its tiles and maps its sums back while they are in the second cache.
/// </summary>
internal sealed unsafe class WinogradSmallMapsGradient : WinogradKernel
{
    /// <summary>Channels of a piece: a multiple of the rows of a product.</summary>
    private const int Rows = 8 * InnerLoops.ProductRows;

    private readonly TileSource _inputs, _gradients;
    private readonly int _channelPitch, _inputPitch, _gradientPitch, _sumPitch, _tiles;

    private WinogradSmallMapsGradient(ConvolutionShape shape, TileGrid grid, InnerLoops loops)
        : base("WinogradConvWeightGradient", [shape.Output, shape.Input], shape.Weights, loops, grid, shape.Channels,
            shape.Filters)
    {
        var before = ((int)shape.Window.Before[0], (int)shape.Window.Before[1]);
        _inputs = new(loops, Grid, WinogradStep.Input, Channels, ((int)shape.Input[2], (int)shape.Input[3]), before);
        _gradients = new(loops, Grid, WinogradStep.OutputGradient, Columns, (Grid.Height, Grid.Width), (0, 0));
        _tiles = (int)Grid.Tiles;
        // The last piece reads some channels that there are not.
        _channelPitch = TileGrid.Spread(Pieces * Rows);
        _inputPitch = TileGrid.Spread(_tiles * _channelPitch);
        _gradientPitch = TileGrid.Spread(Blocks * _tiles * BlockColumns);
        _sumPitch = TileGrid.Spread(Rows * BlockColumns);
    }

    /// <summary>Null where the tiles are not few beside the channels.</summary>
    public static WinogradSmallMapsGradient? Of(ConvolutionShape shape, InnerLoops loops)
    {
        var grid = TileGrid.For(shape.Output);
        return 2 * grid.Tiles <= Math.Min(shape.Channels, shape.Filters) ? new(shape, grid, loops) : null;
    }

    private int Pieces => (Channels + Rows - 1) / Rows;

    private int Parts => Math.Min(Threads, Pieces * Blocks);

    private int PartScratch => Grid.Frequencies * _sumPitch + Math.Max(Math.Max(_inputs.Scratch, _gradients.Scratch),
        RowsAtOnce * Taps * BlockColumns);

    private long MappedSize => (long)Grid.Frequencies * (_inputPitch + _gradientPitch);

    public override long ScratchBytes => (MappedSize + (long)Parts * PartScratch) * sizeof(float);

    public override void Run(ref KernelCall call)
    {
        call.ForEach(0, Parts);
        call.ForEach(1, Parts);
    }

    public override void Part(in KernelCall call, int phase, int index)
    {
        var inputs = (float*)call.Scratch;
        var gradients = inputs + (long)Grid.Frequencies * _inputPitch;
        var scratch = inputs + MappedSize + (long)index * PartScratch;
        if (phase == 0)
            for (var strip = Share(Grid.Strips, index, Parts); strip < Share(Grid.Strips, index + 1, Parts); strip++)
                Map(in call, strip, inputs, gradients, scratch);
        else
            for (var i = Share(Pieces * Blocks, index, Parts); i < Share(Pieces * Blocks, index + 1, Parts); i++)
                Sum(call.Output(0), i % Pieces * Rows, i / Pieces, inputs, gradients, scratch);
    }

    // [frequency][tile][channel] and [frequency][block][tile][filter]
    private void Map(in KernelCall call, int strip, float* inputs, float* gradients, float* scratch)
    {
        var tile = strip * Grid.Across;
        for (var channel = 0; channel < Channels; channel += Loops.Width)
            _inputs.Map(call.Input(1), strip, channel, inputs + tile * _channelPitch + channel,
                new(Grid.Side * _inputPitch, _inputPitch, _channelPitch), scratch);
        for (var filter = 0; filter < Columns; filter += Loops.Width)
            _gradients.Map(call.Input(0), strip, filter,
                gradients + (filter / BlockColumns * _tiles + tile) * BlockColumns + filter % BlockColumns,
                new(Grid.Side * _gradientPitch, _gradientPitch, BlockColumns), scratch);
    }

    // The gradients of some channels' weights for a block of filters.
    private void Sum(float* dw, int channel, int block, float* inputs, float* gradients, float* sums)
    {
        var channels = Math.Min(Rows, Channels - channel);
        for (var frequency = 0; frequency < Grid.Frequencies; frequency++)
        {
            var x = inputs + (long)frequency * _inputPitch + channel;
            Loops.Multiply(x, 1, _channelPitch, channels, _tiles,
                gradients + (long)frequency * _gradientPitch + (long)block * _tiles * BlockColumns, BlockColumns,
                sums + frequency * _sumPitch, add: false, new Ahead(x + _inputPitch, _channelPitch, _tiles, CacheLines.Numbers,
                    (channels + CacheLines.Numbers - 1) / CacheLines.Numbers));
        }
        WriteGradient(sums, _sumPitch, dw, block * BlockColumns, channel, channels, sums + Grid.Frequencies * _sumPitch);
    }
}
