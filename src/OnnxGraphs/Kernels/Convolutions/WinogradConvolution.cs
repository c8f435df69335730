using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// A dense 3 x 3 convolution with stride 1 in Winograd's form, or dx of one, which is such a convolution of dy with
/// flipped weights. Tiles of 4 x 4 outputs take 36 products for each pair of channels in place of 144, tiles of 5 x 5 take 49
/// in place of 225: first the weights are mapped for all threads, then each piece, some strips of tiles for a range of
/// columns, is mapped, multiplied frequency by frequency and mapped back.
/// </summary>
internal sealed unsafe class WinogradConvolution : WinogradKernel
{
    private const int PartsOfWeights = 4;

    /// <summary>Rows of weights that are multiplied at once: they stay in the first cache.</summary>
    private const int WeightsAtOnce = 256;

    /// <summary>Fewer tiles do not pay for reading all mapped weights.</summary>
    private const int FewestTiles = 48;

    private readonly WinogradWeights _weights;
    private readonly TileSource _source;
    private readonly TileTarget _target;
    private readonly (int, int) _before;
    private readonly int _channelPitch;
    private readonly int _weightPitch;
    private readonly int _inputPitch;
    private readonly int _productPitch;
    private readonly int _strips;
    private readonly int _bunches;
    private readonly int _ranges;
    private readonly int _tiles;
    private readonly bool _hasBias;

    private WinogradConvolution(string name, InnerLoops loops, IReadOnlyList<TensorShape> inputs, TensorShape target,
        WinogradWeights weights, (int, int) before, TileGrid grid)
        : base(name, inputs, target, loops, grid, (int)inputs[0][1],
            (int)target[1])
    {
        (_weights, _hasBias, _before) = (weights, inputs.Count > 2, before);
        _source = new(loops, Grid, WinogradStep.Input, Channels, ((int)inputs[0][2], (int)inputs[0][3]), before);
        _target = new(loops, Grid, Columns);
        _channelPitch = TileGrid.Spread(Channels);
        // As many bunches as threads where there are tiles enough, else some columns of all for each thread.
        var most = Math.Clamp(StripsAtOnce(_channelPitch + Blocks * BlockColumns), 1,
            (Grid.Strips + Threads - 1) / Threads);
        var least = Math.Min(Grid.Strips, (FewestTiles + Grid.Across - 1) / Grid.Across);
        _bunches = (Grid.Strips + Math.Max(most, least) - 1) / Math.Max(most, least);
        _strips = (Grid.Strips + _bunches - 1) / _bunches;
        _ranges = Math.Min(Blocks, (Threads + _bunches - 1) / _bunches);
        _tiles = Padded(_strips * Grid.Across);
        _weightPitch = TileGrid.Spread(Blocks * Channels * BlockColumns);
        _inputPitch = TileGrid.Spread(_tiles * _channelPitch);
        _productPitch = TileGrid.Spread((Blocks + _ranges - 1) / _ranges * _tiles * BlockColumns);
    }

    public static WinogradConvolution Forward(ConvolutionShape shape, bool hasBias, InnerLoops loops) =>
        new("WinogradConv", loops,
            hasBias ? [shape.Input, shape.Weights, new(shape.Filters)] : [shape.Input, shape.Weights], shape.Output,
            new(loops, shape.Filters, shape.Channels, isFlipped: false),
            ((int)shape.Window.Before[0], (int)shape.Window.Before[1]), TileGrid.For(shape.Output));

    /// <summary>dx from dy and the weights.</summary>
    public static WinogradConvolution Backward(ConvolutionShape shape, InnerLoops loops) =>
        new("WinogradConvInputGradient", loops, [shape.Output, shape.Weights], shape.Input,
            new(loops, shape.Filters, shape.Channels, isFlipped: true),
            (2 - (int)shape.Window.Before[0], 2 - (int)shape.Window.Before[1]), TileGrid.For(shape.Input));

    /// <summary>The same with other tiles.</summary>
    public WinogradConvolution With(TileGrid grid) =>
        new(Name, Loops, [.. Inputs.Select(input => input.Shape)], Outputs[0].Shape, _weights, _before, grid);

    /// <summary>A kernel that does the same faster for many channels on few tiles; null where there is none.</summary>
    public WinogradSmallMaps? ForSmallMaps() => WinogradSmallMaps.Fits(Grid, Channels, Columns)
        ? new(Name, Loops, [.. Inputs.Select(input => input.Shape)], Outputs[0].Shape, _weights, _before, Grid) : null;

    public override long ScratchBytes =>
        ((long)Grid.Frequencies * _weightPitch + (long)Parts * PartScratch) * sizeof(float);

    /// <summary>Parts of the first phase, which maps the weights to the beginning of the scratch memory.</summary>
    public int WeightParts => PartsOfWeights * Threads;

    /// <summary>Parts of the second phase.</summary>
    public int Parts => Math.Min(_bunches * _ranges, Threads);

    private int PartScratch => Grid.Frequencies * (_inputPitch + _productPitch)
        + Math.Max(_source.Scratch, _target.Scratch);

    public override void Run(ref KernelCall call)
    {
        call.ForEach(0, WeightParts);
        call.ForEach(1, Parts);
    }

    public override void Part(in KernelCall call, int phase, int index)
    {
        var weights = (float*)call.Scratch;
        if (phase == 0)
            MapWeights(call.Input(1), index, weights);
        else
            Convolve(in call, index, weights,
                weights + (long)Grid.Frequencies * _weightPitch + (long)index * PartScratch);
    }

    private void MapWeights(float* weights, int index, float* to)
    {
        var scratch = stackalloc float[WinogradWeights.Scratch(BlockColumns)];
        var (pieces, parts) = (Blocks * _weights.PiecesOfBlock, WeightParts);
        for (var i = Share(pieces, index, parts); i < Share(pieces, index + 1, parts); i++)
        {
            var (block, piece) = (i / _weights.PiecesOfBlock, i % _weights.PiecesOfBlock);
            _weights.Map(weights, block * BlockColumns, BlockColumns, piece, to + block * Channels * BlockColumns,
                _weightPitch, scratch, Grid.Step);
        }
        // Stores past the caches are not ordered by themselves, and other threads read them next.
        Interlocked.MemoryBarrier();
    }

    private void Convolve(in KernelCall call, int index, float* weights, float* inputs)
    {
        var products = inputs + Grid.Frequencies * _inputPitch;
        var scratch = products + Grid.Frequencies * _productPitch;
        var (pieces, mapped) = (_bunches * _ranges, -1);
        for (var i = Share(pieces, index, Parts); i < Share(pieces, index + 1, Parts); i++)
        {
            var (bunch, range) = (i / _ranges, i % _ranges);
            var (strip, block) = (Share(Grid.Strips, bunch, _bunches), Share(Blocks, range, _ranges));
            var strips = Share(Grid.Strips, bunch + 1, _bunches) - strip;
            var blocks = Share(Blocks, range + 1, _ranges) - block;
            if (bunch != mapped)
                MapInputs(call.Input(0), strip, strips, inputs, scratch);
            mapped = bunch;
            Multiply(inputs, weights + block * Channels * BlockColumns, products, strips * Grid.Across, blocks);
            MapOutputs(in call, strip, strips, block, blocks, products, scratch);
        }
    }

    // [frequency][tile][channel]
    private void MapInputs(float* maps, int strip, int strips, float* inputs, float* scratch)
    {
        for (var i = 0; i < strips; i++)
            for (var channel = 0; channel < Channels; channel += Loops.Width)
                _source.Map(maps, strip + i, channel, inputs + i * Grid.Across * _channelPitch + channel,
                    new(Grid.Side * _inputPitch, _inputPitch, _channelPitch), scratch);
    }

    // [frequency][block][tile][column]
    private void Multiply(float* inputs, float* weights, float* products, int tiles, int blocks)
    {
        var block = Channels * BlockColumns;
        for (var frequency = 0; frequency < Grid.Frequencies; frequency++)
        {
            for (var i = 0; i < blocks; i++)
                MultiplyBlock(inputs, weights + i * block, products + i * _tiles * BlockColumns, tiles,
                    weights + (i + 1 < blocks ? (i + 1) * block : _weightPitch));
            inputs += _inputPitch;
            weights += _weightPitch;
            products += _productPitch;
        }
    }

    // The weights that come next arrive meanwhile.
    private void MultiplyBlock(float* inputs, float* weights, float* products, int tiles, float* next)
    {
        for (var row = 0; row < Channels; row += WeightsAtOnce)
        {
            var rows = Math.Min(WeightsAtOnce, Channels - row);
            Loops.Multiply(inputs + row, _channelPitch, 1, tiles, rows, weights + row * BlockColumns, BlockColumns, products,
                add: row > 0, Ahead.Matrix(next + row * BlockColumns, rows * BlockColumns, tiles, rows));
        }
    }

    private void MapOutputs(in KernelCall call, int strip, int strips, int block, int blocks, float* products,
        float* scratch)
    {
        var strides = new TileStrides(Grid.Side * _productPitch, _productPitch, BlockColumns);
        for (var i = 0; i < blocks; i++)
            for (var j = 0; j < strips; j++)
                for (int lane = 0, column = (block + i) * BlockColumns; lane < BlockColumns && column + lane < Columns;
                    lane += Loops.Width)
                    _target.Map(products + (i * _tiles + j * Grid.Across) * BlockColumns + lane, strides,
                        call.Output(0), strip + j, column + lane, _hasBias ? call.Input(2) : null, scratch);
    }
}
