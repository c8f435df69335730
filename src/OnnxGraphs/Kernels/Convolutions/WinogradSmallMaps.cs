using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// What <see cref="WinogradConvolution"/> computes, for many channels on few tiles: there the mapped weights are far more
/// numbers than the tiles. All tiles are mapped first, once for all threads; then each piece, a block of columns, maps its
/// weights, some rows at a time, and multiplies all tiles by them while they are in the second cache.
/// </summary>
internal sealed unsafe class WinogradSmallMaps : WinogradKernel
{
    /// <summary>Rows of weights that are mapped and multiplied at once.</summary>
    private const int MostRows = 256;

    private readonly WinogradWeights _weights;
    private readonly TileSource _source;
    private readonly TileTarget _target;
    private readonly bool _hasBias;
    private readonly int _rows, _ranges, _tiles, _rowPitch, _inputPitch, _weightPitch, _productPitch;

    public WinogradSmallMaps(string name, InnerLoops loops, IReadOnlyList<TensorShape> inputs, TensorShape target,
        WinogradWeights weights, (int, int) before, TileGrid grid)
        : base(name, inputs, target, loops, grid, (int)inputs[0][1],
            (int)target[1])
    {
        (_weights, _hasBias) = (weights, inputs.Count > 2);
        _source = new(loops, Grid, WinogradStep.Input, Channels, ((int)inputs[0][2], (int)inputs[0][3]), before);
        _target = new(loops, Grid, Columns);
        (_rows, _tiles) = (Math.Min(MostRows, Channels), Padded((int)Grid.Tiles));
        _ranges = (Channels + _rows - 1) / _rows;
        _rowPitch = TileGrid.Spread(_rows);
        _inputPitch = TileGrid.Spread(_ranges * _tiles * _rowPitch);
        _weightPitch = TileGrid.Spread(_rows * BlockColumns);
        _productPitch = TileGrid.Spread(_tiles * BlockColumns);
    }

    /// <summary>Whether the tiles are few beside the channels.</summary>
    public static bool Fits(TileGrid grid, int channels, int columns) => 2 * grid.Tiles <= Math.Min(channels, columns);

    private int Parts => Math.Min(Threads, Blocks);

    private long MappedSize => (long)Grid.Frequencies * _inputPitch;

    private int PartScratch => Grid.Frequencies * (_weightPitch + _productPitch)
        + Math.Max(Math.Max(_source.Scratch, _target.Scratch), WinogradWeights.Scratch(BlockColumns));

    public override long ScratchBytes => (MappedSize + (long)Parts * PartScratch) * sizeof(float);

    public override void Run(ref KernelCall call)
    {
        call.ForEach(0, Parts);
        call.ForEach(1, Parts);
    }

    public override void Part(in KernelCall call, int phase, int index)
    {
        var inputs = (float*)call.Scratch;
        var weights = inputs + MappedSize + (long)index * PartScratch;
        var products = weights + Grid.Frequencies * _weightPitch;
        var scratch = products + Grid.Frequencies * _productPitch;
        if (phase == 0)
            for (var strip = Share(Grid.Strips, index, Parts); strip < Share(Grid.Strips, index + 1, Parts); strip++)
                MapInputs(call.Input(0), strip, inputs, scratch);
        else
            for (var block = Share(Blocks, index, Parts); block < Share(Blocks, index + 1, Parts); block++)
            {
                for (var range = 0; range < _ranges; range++)
                    Multiply(call.Input(1), block, range, inputs, weights, products, scratch);
                MapOutputs(in call, block, products, scratch);
            }
    }

    // [frequency][range of channels][tile][channel]
    private void MapInputs(float* maps, int strip, float* inputs, float* scratch)
    {
        for (var channel = 0; channel < Channels; channel += Loops.Width)
            _source.Map(maps, strip, channel,
                inputs + (channel / _rows * _tiles + strip * Grid.Across) * _rowPitch + channel % _rows,
                new(Grid.Side * _inputPitch, _inputPitch, _rowPitch), scratch);
    }

    // Products [frequency][tile][column] of a range of channels, added to those of the ranges before.
    private void Multiply(float* weights, int block, int range, float* inputs, float* mapped, float* products, float* scratch)
    {
        var (row, rows) = (range * _rows, Math.Min(_rows, Channels - range * _rows));
        var first = row / WinogradWeights.RowsAtOnce;
        for (var piece = first; piece * WinogradWeights.RowsAtOnce < row + rows; piece++)
            _weights.Map(weights, block * BlockColumns, BlockColumns, piece, mapped - row * BlockColumns, _weightPitch, scratch,
                Grid.Step, WinogradStep.CachedWeights);
        inputs += range * _tiles * _rowPitch;
        for (var frequency = 0; frequency < Grid.Frequencies; frequency++, inputs += _inputPitch)
            Loops.Multiply(inputs, _rowPitch, 1, (int)Grid.Tiles, rows, mapped + frequency * _weightPitch, BlockColumns,
                products + frequency * _productPitch, add: range > 0,
                Ahead.Matrix(inputs + _inputPitch, _tiles * _rowPitch, (int)Grid.Tiles, rows));
    }

    private void MapOutputs(in KernelCall call, int block, float* products, float* scratch)
    {
        var strides = new TileStrides(Grid.Side * _productPitch, _productPitch, BlockColumns);
        for (var strip = 0; strip < Grid.Strips; strip++)
            for (int lane = 0, column = block * BlockColumns; lane < BlockColumns && column + lane < Columns; lane += Loops.Width)
                _target.Map(products + strip * Grid.Across * BlockColumns + lane, strides, call.Output(0), strip, column + lane,
                    _hasBias ? call.Input(2) : null, scratch);
    }
}
