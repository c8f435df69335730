using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// dw [K, C, 3, 3] of a dense convolution with stride 1 in Winograd's form: in a tile dw is a convolution of 6 x 6
/// inputs with 4 x 4 gradients of outputs, which take 36 products in place of 144. The products of all tiles are summed
/// at each frequency, in the order of images and strips whatever the threads, and mapped back once.
/// </summary>
internal sealed unsafe class WinogradWeightGradient : Kernel
{
    private const int PartsPerThread = 4, Taps = 9, RowsAtOnce = 16;

    /// <summary>Numbers of mapped inputs and gradients at once: they stay in the last cache.</summary>
    private const int NumbersAtOnce = 1 << 21;

    /// <summary>Tiles that are multiplied at once: they stay in the first cache.</summary>
    private const int TilesAtOnce = 256;

    private readonly InnerLoops _loops;
    private readonly ConvolutionShape _shape;
    private readonly TileGrid _grid;
    private readonly TileSource _inputs;
    private readonly TileSource _gradients;
    private readonly int _strips;
    private readonly int _tiles;
    private readonly int _columns;
    private readonly int _blocks;
    private readonly int _channelPitch;
    private readonly int _inputPitch;
    private readonly int _gradientPitch;
    private readonly int _sumRows;
    private readonly int _sumPitch;
    private readonly int _parts;
    private readonly int _partScratch;
    private readonly int[] _rows = [.. Enumerable.Range(0, InnerLoops.ProductRows)];
    private readonly int[] _places;

    public WinogradWeightGradient(ConvolutionShape shape, InnerLoops loops) : base("WinogradConvWeightGradient",
        [new(ElementType.Float32, shape.Output), new(ElementType.Float32, shape.Input)],
        [new(ElementType.Float32, shape.Weights)])
    {
        (_loops, _shape) = (loops, shape);
        _columns = shape.Filters <= loops.Width ? loops.Width : 2 * loops.Width;
        _blocks = (shape.Filters + _columns - 1) / _columns;
        _grid = new(shape.Images, (int)shape.Output[2], (int)shape.Output[3]);
        _inputs = new(loops, _grid, WinogradStep.Input, shape.Channels, ((int)shape.Input[2], (int)shape.Input[3]),
            ((int)shape.Window.Before[0], (int)shape.Window.Before[1]));
        _gradients = new(loops, _grid, WinogradStep.OutputGradient, shape.Filters, (_grid.Height, _grid.Width), (0, 0));
        _channelPitch = TileGrid.Spread(shape.Channels);
        _strips = _grid.StripsAtOnce(_channelPitch + _blocks * _columns, NumbersAtOnce);
        _tiles = _strips * _grid.Across;
        _inputPitch = TileGrid.Spread(_tiles * _channelPitch);
        _gradientPitch = TileGrid.Spread(_tiles * _blocks * _columns);
        _sumRows = (shape.Channels + InnerLoops.ProductRows - 1) / InnerLoops.ProductRows * InnerLoops.ProductRows;
        _sumPitch = TileGrid.Spread(_blocks * _sumRows * _columns);
        _parts = PartsPerThread * Environment.ProcessorCount;
        _partScratch = Math.Max(Math.Max(_inputs.Scratch, _gradients.Scratch), RowsAtOnce * Taps * _columns);
        _places = [.. Enumerable.Range(0, _tiles).Select(tile => tile * _channelPitch)];
    }

    public override long ScratchBytes => (TileGrid.Frequencies * ((long)_sumPitch + _inputPitch + _gradientPitch)
        + (long)_parts * _partScratch + InnerLoops.Slack) * sizeof(float);

    private int Blocks => (_grid.Strips + _strips - 1) / _strips;

    public override void Run(ref KernelCall call)
    {
        for (var phase = 0; phase <= 2 * Blocks; phase++)
            call.ForEach(phase, _parts);
    }

    public override void Part(in KernelCall call, int phase, int index)
    {
        var sums = (float*)call.Scratch;
        var inputs = sums + (long)TileGrid.Frequencies * _sumPitch;
        var gradients = inputs + (long)TileGrid.Frequencies * _inputPitch + InnerLoops.Slack;
        var scratch = gradients + (long)TileGrid.Frequencies * _gradientPitch + (long)index * _partScratch;
        var first = phase / 2 * _strips;
        var strips = Math.Min(_strips, _grid.Strips - first);
        var channelBlocks = (_shape.Channels + _loops.Width - 1) / _loops.Width;
        var filterBlocks = (_shape.Filters + _loops.Width - 1) / _loops.Width;
        var rowBlocks = (_shape.Channels + RowsAtOnce - 1) / RowsAtOnce;
        var isLast = phase == 2 * Blocks;
        var pieces = isLast ? _blocks * rowBlocks
            : phase % 2 == 0 ? strips * (channelBlocks + filterBlocks) : TileGrid.Frequencies * _blocks;
        var end = (int)((long)pieces * (index + 1) / _parts);
        for (var piece = (int)((long)pieces * index / _parts); piece < end; piece++)
            if (isLast)
                Write(call.Output(0), piece / rowBlocks, piece % rowBlocks * RowsAtOnce, sums, scratch);
            else if (phase % 2 == 1)
                Multiply(inputs, gradients, sums, piece / _blocks, piece % _blocks, first == 0, strips * _grid.Across);
            else if (piece < strips * channelBlocks)
                MapInput(call.Input(1), first, piece / channelBlocks, piece % channelBlocks, inputs, scratch);
            else
                MapGradient(call.Input(0), first, (piece - strips * channelBlocks) / filterBlocks,
                    (piece - strips * channelBlocks) % filterBlocks * _loops.Width, gradients, scratch);
    }

    // [frequency][tile][channel]
    private void MapInput(float* maps, int first, int strip, int block, float* inputs, float* scratch) =>
        _inputs.Map(maps, first + strip, block * _loops.Width,
            inputs + strip * _grid.Across * _channelPitch + block * _loops.Width,
            new(6 * _inputPitch, _inputPitch, _channelPitch), scratch);

    // [frequency][block][tile][filter]
    private void MapGradient(float* maps, int first, int strip, int filter, float* gradients, float* scratch) =>
        _gradients.Map(maps, first + strip, filter, gradients
            + (filter / _columns * _tiles + strip * _grid.Across) * _columns + filter % _columns,
            new(6 * _gradientPitch, _gradientPitch, _columns), scratch);

    // [frequency][block][channel][filter]
    private void Multiply(float* inputs, float* gradients, float* sums, int frequency, int block, bool isFirst,
        int tiles)
    {
        inputs += (long)frequency * _inputPitch;
        gradients += (long)frequency * _gradientPitch + block * _tiles * _columns;
        sums += (long)frequency * _sumPitch + block * _sumRows * _columns;
        if (isFirst)
            new Span<float>(sums, _sumRows * _columns).Clear();
        fixed (int* rows = _rows, places = _places)
            for (var tile = 0; tile < tiles; tile += TilesAtOnce)
                for (var row = 0; row < _sumRows; row += InnerLoops.ProductRows)
                    _loops.AddProducts(inputs + row, rows, places + tile, Math.Min(TilesAtOnce, tiles - tile),
                        gradients + tile * _columns, _columns, sums + row * _columns);
    }

    private void Write(float* dw, int block, int channel, float* sums, float* scratch)
    {
        var channels = Math.Min(RowsAtOnce, _shape.Channels - channel);
        var filters = Math.Min(_columns, _shape.Filters - block * _columns);
        sums += (block * _sumRows + channel) * _columns;
        for (var lane = 0; lane < _columns; lane += _loops.Width)
            _loops.MapTiles(WinogradStep.WeightGradient, sums + lane, new(6 * _sumPitch, _sumPitch, _columns),
                scratch + lane, new(3 * _columns, _columns, Taps * _columns), channels);
        _loops.Transpose(scratch, _columns, channels * Taps, filters,
            dw + ((long)block * _columns * _shape.Channels + channel) * Taps, _shape.Channels * Taps);
    }
}
