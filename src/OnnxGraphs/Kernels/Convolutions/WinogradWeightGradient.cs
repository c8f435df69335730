using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// dw [K, C, 3, 3] of a dense convolution with stride 1 in Winograd's form: in a tile dw is a convolution of its
/// inputs with gradients of outputs, 4 x 4 in 36 products in place of 144, or 5 x 5 in 49 in place of 225. Each part, a range
/// of channels and one of filters, maps both for some strips at a time and sums the products of all tiles at each frequency,
/// in the order of images and strips whatever the threads. Where all sums are few, parts are slices of the strips instead,
/// whose sums are added up. They are mapped back once.
/// </summary>
internal sealed unsafe class WinogradWeightGradient : WinogradKernel
{
    private const int Slices = 8;

    /// <summary>Sums of all frequencies that leave room in the second cache for what is summed.</summary>
    private const int FewSums = 1 << 16;

    private const int CachedSums = 1 << 18, FewestTiles = 48;

    private readonly TileSource _inputs;
    private readonly TileSource _gradients;
    private readonly int _channelRanges;
    private readonly int _columnRanges;
    private readonly int _slices;
    private readonly int _channelPitch;
    private readonly int _strips;
    private readonly int _tiles;
    private readonly int _inputPitch;
    private readonly int _gradientPitch;
    private readonly int _sumRows;
    private readonly int _sumPitch;

    public WinogradWeightGradient(ConvolutionShape shape, InnerLoops loops) : base("WinogradConvWeightGradient",
        [shape.Output, shape.Input], shape.Weights, loops,
        TileGrid.For(shape.Output), shape.Channels, shape.Filters)
    {
        _inputs = new(loops, Grid, WinogradStep.Input, Channels, ((int)shape.Input[2], (int)shape.Input[3]),
            ((int)shape.Window.Before[0], (int)shape.Window.Before[1]));
        _gradients = new(loops, Grid, WinogradStep.OutputGradient, Columns, (Grid.Height, Grid.Width), (0, 0));
        _slices = Grid.Frequencies * ChannelBlocks * loops.Width * Blocks * BlockColumns <= FewSums
            ? Math.Min(Slices, Grid.Strips) : 1;
        // Ranges of channels first: all of them map the gradients, which takes less than mapping inputs.
        _channelRanges = _slices > 1 ? 1 : Math.Min(ChannelBlocks, (int)Math.Ceiling(Math.Sqrt(Threads)));
        _columnRanges = _slices > 1 ? 1 : Math.Min(Blocks, (Threads + _channelRanges - 1) / _channelRanges);
        var channels = (ChannelBlocks + _channelRanges - 1) / _channelRanges * loops.Width;
        var blocks = (Blocks + _columnRanges - 1) / _columnRanges;
        _channelPitch = TileGrid.Spread(channels);
        // Sums that do not stay in the second cache are read and written for many tiles at a time.
        var fewest = Grid.Frequencies * channels * blocks * BlockColumns > CachedSums ? FewestTiles : 1;
        _strips = Math.Max(StripsAtOnce(_channelPitch + blocks * BlockColumns),
            Math.Min(Grid.Strips, (fewest + Grid.Across - 1) / Grid.Across));
        _tiles = _strips * Grid.Across;
        _inputPitch = TileGrid.Spread(_tiles * _channelPitch + InnerLoops.ProductRows);
        _gradientPitch = TileGrid.Spread(blocks * _tiles * BlockColumns);
        _sumRows = Padded(channels);
        _sumPitch = TileGrid.Spread(blocks * _sumRows * BlockColumns);
    }

    public override long ScratchBytes => (long)Parts * PartScratch * sizeof(float);

    private int ChannelBlocks => (Channels + Loops.Width - 1) / Loops.Width;

    private int Parts => _channelRanges * _columnRanges * _slices;

    private long PartScratch => (long)Grid.Frequencies * (_sumPitch + _inputPitch + _gradientPitch)
        + Math.Max(Math.Max(_inputs.Scratch, _gradients.Scratch), RowsAtOnce * Taps * BlockColumns);

    public override void Run(ref KernelCall call)
    {
        call.ForEach(0, Parts);
        if (_slices > 1)
            WriteSlices(in call);
    }

    public override void Part(in KernelCall call, int phase, int index)
    {
        var sums = Sums(in call, index);
        var inputs = sums + (long)Grid.Frequencies * _sumPitch;
        var gradients = inputs + (long)Grid.Frequencies * _inputPitch;
        var scratch = gradients + (long)Grid.Frequencies * _gradientPitch;
        var (slice, range) = (index / (_channelRanges * _columnRanges), index % (_channelRanges * _columnRanges));
        var (channelRange, columnRange) = (range / _columnRanges, range % _columnRanges);
        var channel = Share(ChannelBlocks, channelRange, _channelRanges) * Loops.Width;
        var channels = Math.Min(Channels, Share(ChannelBlocks, channelRange + 1, _channelRanges) * Loops.Width)
            - channel;
        var block = Share(Blocks, columnRange, _columnRanges);
        var blocks = Share(Blocks, columnRange + 1, _columnRanges) - block;
        var (first, end) = (Share(Grid.Strips, slice, _slices), Share(Grid.Strips, slice + 1, _slices));
        for (var strip = first; strip < end; strip += _strips)
        {
            var strips = Math.Min(_strips, end - strip);
            MapInputs(call.Input(1), strip, strips, channel, channels, inputs, scratch);
            MapGradients(call.Input(0), strip, strips, block, blocks, gradients, scratch);
            Multiply(inputs, gradients, sums, channels, blocks, strips * Grid.Across, add: strip > first);
        }
        if (_slices == 1)
            Write(in call, channel, channels, block, blocks, sums, scratch);
    }

    private float* Sums(in KernelCall call, int part) => (float*)call.Scratch + part * PartScratch;

    // The sums of all slices, one after another.
    private void WriteSlices(in KernelCall call)
    {
        var sums = Sums(in call, 0);
        var size = Grid.Frequencies * _sumPitch;
        SliceSums.Add(sums, size, PartScratch, _slices);
        Write(in call, 0, Channels, 0, Blocks, sums, sums + size);
    }

    private void Write(in KernelCall call, int channel, int channels, int block, int blocks, float* sums, float* scratch)
    {
        for (var i = 0; i < blocks; i++)
            WriteGradient(sums + i * _sumRows * BlockColumns, _sumPitch, call.Output(0), (block + i) * BlockColumns, channel,
                channels, scratch);
    }

    // [frequency][tile][channel]
    private void MapInputs(float* maps, int strip, int strips, int channel, int channels, float* to, float* scratch)
    {
        for (var i = 0; i < strips; i++)
            for (var lane = 0; lane < channels; lane += Loops.Width)
                _inputs.Map(maps, strip + i, channel + lane, to + i * Grid.Across * _channelPitch + lane,
                    new(Grid.Side * _inputPitch, _inputPitch, _channelPitch), scratch);
    }

    // [frequency][block][tile][filter]
    private void MapGradients(float* maps, int strip, int strips, int block, int blocks, float* to, float* scratch)
    {
        for (var i = 0; i < strips; i++)
            for (var lane = 0; lane < blocks * BlockColumns && block * BlockColumns + lane < Columns;
                lane += Loops.Width)
                _gradients.Map(maps, strip + i, block * BlockColumns + lane,
                    to + (lane / BlockColumns * _tiles + i * Grid.Across) * BlockColumns + lane % BlockColumns,
                    new(Grid.Side * _gradientPitch, _gradientPitch, BlockColumns), scratch);
    }

    // [frequency][block][channel][filter]
    private void Multiply(float* inputs, float* gradients, float* sums, int channels, int blocks, int tiles, bool add)
    {
        for (var frequency = 0; frequency < Grid.Frequencies; frequency++)
        {
            for (var block = 0; block < blocks; block++)
            {
                var blockSums = sums + block * _sumRows * BlockColumns;
                Loops.Multiply(inputs, 1, _channelPitch, channels, tiles, gradients + block * _tiles * BlockColumns,
                    BlockColumns, blockSums, add, Ahead.Rows(blockSums, BlockColumns, tiles));
            }
            inputs += _inputPitch;
            gradients += _gradientPitch;
            sums += _sumPitch;
        }
    }
}
