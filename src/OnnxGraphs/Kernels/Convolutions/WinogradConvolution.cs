using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// A dense 3 x 3 convolution with stride 1 in Winograd's form, or dx of one, which is such a convolution of dy with
/// flipped weights. Tiles of 4 x 4 outputs take 36 products for each pair of channels in place of 144: the weights are
/// mapped once, then strips of tiles are mapped, multiplied frequency by frequency, and mapped back. Lavin, Gray 2016,
/// https://arxiv.org/abs/1509.09308.
/// </summary>
internal sealed unsafe class WinogradConvolution : Kernel
{
    private const int PartsPerThread = 4;

    /// <summary>Numbers of mapped inputs and products at once: they stay in the last cache.</summary>
    private const int NumbersAtOnce = 1 << 21;

    /// <summary>Rows of a block of weights that are multiplied at once: they stay in the first cache.</summary>
    private const int RowsAtOnce = 256;

    private readonly InnerLoops _loops;
    private readonly TileGrid _grid;
    private readonly TileSource _source;
    private readonly WinogradWeights _weights;
    private readonly int _strips;
    private readonly int _tiles;
    private readonly int _channelPitch;
    private readonly int _inputPitch;
    private readonly int _productPitch;
    private readonly int _parts;
    private readonly int _partScratch;
    private readonly int[] _rows;
    private readonly int[] _places;
    private readonly bool _hasBias;
    private readonly float _floor;

    private WinogradConvolution(string name, InnerLoops loops, IReadOnlyList<TensorShape> inputs, TensorShape target,
        WinogradWeights weights, (int, int) before, bool isClipped) : base(name, Floats(inputs), Floats([target]))
    {
        var source = inputs[0];
        (_loops, _weights, _hasBias) = (loops, weights, inputs.Count > 2);
        _floor = isClipped ? 0 : float.NegativeInfinity;
        _grid = new((int)target[0], (int)target[2], (int)target[3]);
        _source = new(loops, _grid, WinogradStep.Input, weights.Rows, ((int)source[2], (int)source[3]), before);
        _channelPitch = TileGrid.Spread(weights.Rows);
        _strips = _grid.StripsAtOnce(_channelPitch + weights.Blocks * weights.BlockColumns, NumbersAtOnce);
        // Tiles are multiplied in groups; the last group may be filled up.
        _tiles = (_strips * _grid.Across + InnerLoops.ProductRows - 1) / InnerLoops.ProductRows * InnerLoops.ProductRows;
        _inputPitch = TileGrid.Spread(_tiles * _channelPitch);
        _productPitch = TileGrid.Spread(_tiles * weights.Blocks * weights.BlockColumns);
        _parts = PartsPerThread * Environment.ProcessorCount;
        _partScratch = Math.Max(Math.Max(_source.Scratch, weights.Scratch),
            TileGrid.Step * TileGrid.Step * _grid.Across * loops.Width);
        _rows = [.. Enumerable.Range(0, InnerLoops.ProductRows).Select(i => i * _channelPitch)];
        _places = [.. Enumerable.Range(0, weights.Rows)];
    }

    public static WinogradConvolution Forward(ConvolutionShape shape, bool hasBias, bool isClipped, InnerLoops loops) =>
        new(isClipped ? "WinogradConvRelu" : "WinogradConv", loops,
            hasBias ? [shape.Input, shape.Weights, new(shape.Filters)] : [shape.Input, shape.Weights], shape.Output,
            new(loops, shape.Filters, shape.Channels, isFlipped: false),
            ((int)shape.Window.Before[0], (int)shape.Window.Before[1]), isClipped);

    /// <summary>dx from dy and the weights.</summary>
    public static WinogradConvolution Backward(ConvolutionShape shape, InnerLoops loops) =>
        new("WinogradConvInputGradient", loops, [shape.Output, shape.Weights], shape.Input,
            new(loops, shape.Filters, shape.Channels, isFlipped: true),
            (2 - (int)shape.Window.Before[0], 2 - (int)shape.Window.Before[1]), isClipped: false);

    public override long ScratchBytes => (TileGrid.Frequencies
        * ((long)_weights.FrequencyPitch + _inputPitch + _productPitch) + (long)_parts * _partScratch
        + InnerLoops.Slack) * sizeof(float);

    private int Blocks => (_grid.Strips + _strips - 1) / _strips;

    public override void Run(ref KernelCall call)
    {
        call.ForEach(0, _parts);
        for (var phase = 1; phase <= 3 * Blocks; phase++)
            call.ForEach(phase, _parts);
    }

    public override void Part(in KernelCall call, int phase, int index)
    {
        var weights = (float*)call.Scratch;
        var inputs = weights + (long)TileGrid.Frequencies * _weights.FrequencyPitch;
        var products = inputs + (long)TileGrid.Frequencies * _inputPitch;
        var scratch = products + (long)TileGrid.Frequencies * _productPitch + InnerLoops.Slack
            + (long)index * _partScratch;
        var first = (phase - 1) / 3 * _strips;
        var strips = Math.Min(_strips, _grid.Strips - first);
        var channelBlocks = (_weights.Rows + _loops.Width - 1) / _loops.Width;
        var pieces = phase == 0 ? _weights.Pieces : ((phase - 1) % 3) switch
        {
            0 => strips * channelBlocks,
            1 => TileGrid.Frequencies * _weights.Blocks,
            _ => strips * _weights.Blocks,
        };
        var end = (int)((long)pieces * (index + 1) / _parts);
        for (var piece = (int)((long)pieces * index / _parts); piece < end; piece++)
            if (phase == 0)
                _weights.Map(call.Input(1), piece, weights, scratch);
            else if (phase % 3 == 1)
                MapInput(call.Input(0), first, piece / channelBlocks, piece % channelBlocks, inputs, scratch);
            else if (phase % 3 == 2)
                Multiply(weights, inputs, products, piece / _weights.Blocks, piece % _weights.Blocks,
                    strips * _grid.Across);
            else
                MapOutput(in call, first, piece / _weights.Blocks, piece % _weights.Blocks, products, scratch);
    }

    // [frequency][tile][channel]
    private void MapInput(float* maps, int first, int strip, int block, float* inputs, float* scratch) =>
        _source.Map(maps, first + strip, block * _loops.Width,
            inputs + strip * _grid.Across * _channelPitch + block * _loops.Width,
            new(6 * _inputPitch, _inputPitch, _channelPitch), scratch);

    // [frequency][block][tile][column]
    private void Multiply(float* weights, float* inputs, float* products, int frequency, int block, int tiles)
    {
        var columns = _weights.BlockColumns;
        weights += (long)frequency * _weights.FrequencyPitch + block * _weights.BlockSize;
        inputs += (long)frequency * _inputPitch;
        products += (long)frequency * _productPitch + block * _tiles * columns;
        new Span<float>(products, _tiles * columns).Clear();
        fixed (int* rows = _rows, places = _places)
            for (var row = 0; row < _weights.Rows; row += RowsAtOnce)
                for (var tile = 0; tile < tiles; tile += InnerLoops.ProductRows)
                    _loops.AddProducts(inputs + tile * _channelPitch, rows, places + row,
                        Math.Min(RowsAtOnce, _weights.Rows - row), weights + row * columns, columns,
                        products + tile * columns);
    }

    private void MapOutput(in KernelCall call, int first, int strip, int block, float* products, float* scratch)
    {
        var columns = _weights.BlockColumns;
        var (image, top) = ((first + strip) / _grid.Down, (first + strip) % _grid.Down * TileGrid.Step);
        var pitch = _grid.Across * TileGrid.Step * _loops.Width;
        products += (block * _tiles + strip * _grid.Across) * columns;
        for (var lane = 0; lane < columns && block * columns + lane < _weights.Columns; lane += _loops.Width)
        {
            _loops.MapTiles(WinogradStep.Output, products + lane, new(6 * _productPitch, _productPitch, columns),
                scratch, new(pitch, _loops.Width, TileGrid.Step * _loops.Width), _grid.Across);
            WriteRows(in call, image, block * columns + lane, top, scratch, pitch);
        }
    }

    // From channels last to maps.
    private void WriteRows(in KernelCall call, int image, int column, int top, float* rows, int pitch)
    {
        var columns = Math.Min(_loops.Width, _weights.Columns - column);
        var map = call.Output(0) + ((long)image * _weights.Columns + column) * _grid.Height * _grid.Width;
        if (_hasBias)
            AddBias(call.Input(2) + column, columns, rows, TileGrid.Step * pitch);
        for (var y = top; y < Math.Min(top + TileGrid.Step, _grid.Height); y++, rows += pitch)
            _loops.Transpose(rows, _loops.Width, _grid.Width, columns, map + (long)y * _grid.Width,
                _grid.Height * _grid.Width);
    }

    private void AddBias(float* bias, int columns, float* rows, int count)
    {
        var all = stackalloc float[_loops.Width];
        new Span<float>(bias, columns).CopyTo(new(all, _loops.Width));
        _loops.AddBias(rows, count, all, _floor);
    }

    private static TypedShape[] Floats(IReadOnlyList<TensorShape> shapes) =>
        [.. shapes.Select(shape => new TypedShape(ElementType.Float32, shape))];
}
