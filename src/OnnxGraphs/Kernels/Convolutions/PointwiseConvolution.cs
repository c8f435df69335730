using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Elementwise;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// A dense 1 x 1 convolution with stride 1, or dx of one, which is such a convolution of dy with transposed weights: of each
/// image the product of weights and pixels. Each part multiplies some pixels of all channels, which stay in the cache, by
/// some filters at a time.
/// </summary>
internal sealed unsafe class PointwiseConvolution : PieceKernel
{
    /// <summary>Filters at a time: those of the widest product.</summary>
    private const int Group = 2 * InnerLoops.ProductRows;

    /// <summary>Numbers of pixels at a time: they stay in the second cache.</summary>
    private const int CachedNumbers = 1 << 15;

    /// <summary>Pixels of a row at a time, at most, of maps of more pixels than the second: their sums stay in the first cache.</summary>
    private const int MostPixels = 192, SmallMap = 512;

    private const int PartsPerThread = 4, LongRow = 256;

    private readonly InnerLoops _loops;
    private readonly PixelPanels _panels;
    private readonly int _images, _channels, _filters, _pixels, _chunk, _chunks;
    private readonly bool _isTransposed, _hasBias;

    private PointwiseConvolution(string name, InnerLoops loops, IReadOnlyList<TensorShape> inputs, TensorShape output,
        bool isTransposed) : base(name, inputs, output)
    {
        (_loops, _isTransposed, _hasBias) = (loops, isTransposed, inputs.Count > 2);
        (_images, _channels, _filters) = ((int)output[0], (int)inputs[0][1], (int)output[1]);
        _pixels = (int)(output[2] * output[3]);
        _panels = new(loops, Group);
        var threads = Environment.ProcessorCount;
        var wanted = (int)Math.Max(1, (long)_images * _pixels / (PartsPerThread * threads));
        var most = Math.Clamp(Math.Min(wanted, CachedNumbers / _channels), _panels.Panel,
            _pixels > SmallMap ? MostPixels : _panels.Whole(_pixels));
        _chunks = (_pixels + most - 1) / most;
        _chunk = _panels.Whole((_pixels + _chunks - 1) / _chunks);
        _chunks = (_pixels + _chunk - 1) / _chunk;
        Parts = Math.Min(_images * _chunks, PartsPerThread * threads);
    }

    public static PointwiseConvolution Forward(ConvolutionShape shape, bool hasBias, InnerLoops loops) => new("PointwiseConv",
        loops, hasBias ? [shape.Input, shape.Weights, new(shape.Filters)] : [shape.Input, shape.Weights], shape.Output,
        isTransposed: false);

    /// <summary>dx from dy and the weights.</summary>
    public static PointwiseConvolution Backward(ConvolutionShape shape, InnerLoops loops) => new("PointwiseConvInputGradient",
        loops, [shape.Output, shape.Weights], shape.Input, isTransposed: true);

    public override long ScratchBytes => sizeof(float) * WeightsSize;

    public override int Parts { get; }

    public override int Row => _pixels;

    public override int PieceOfRow => _chunk;

    public override int LargestPiece => AreTogether ? Group * _pixels : _chunk;

    // Short rows, or those that end within a vector, make one piece: they lie one behind the other.
    private bool AreTogether => _chunks == 1 && (_pixels < LongRow || _pixels % _loops.Width != 0);

    private int Groups => (_filters + Group - 1) / Group;

    private long WeightsSize => TileGrid.Spread(Groups * Group * _channels);

    // The sums of a group, and the last pixels of a row, which do not fill a panel.
    private int PartScratch => Group * _chunk + _channels * _panels.Panel;

    public override void Run(ref KernelCall call)
    {
        PackWeights(call.Input(1), (float*)call.Scratch);
        base.Run(ref call);
    }

    public override void Part(in KernelCall call, int index, OutputPieces pieces)
    {
        var sums = Workspace.ForKernel(PartScratch);
        var rest = sums + Group * _chunk;
        var chunks = _images * _chunks;
        for (var chunk = (int)((long)chunks * index / Parts); chunk < (int)((long)chunks * (index + 1) / Parts); chunk++)
        {
            var (image, pixel) = (chunk / _chunks, chunk % _chunks * _chunk);
            var count = Math.Min(_chunk, _pixels - pixel);
            var x = call.Input(0) + (long)image * _channels * _pixels + pixel;
            var whole = count / _panels.Panel * _panels.Panel;
            if (whole < count)
                _loops.CopyRows(x + whole, _pixels, rest, _panels.Width(count - whole), _channels, 0, count - whole,
                    _panels.Width(count - whole));
            // The pixels that follow these, or the next image's.
            var next = x + (pixel + count < _pixels ? count : (_channels - 1L) * _pixels + count);
            var ahead = new Ahead(next, CacheLines.Numbers, (count + CacheLines.Numbers - 1) / CacheLines.Numbers, _pixels,
                _channels);
            for (var group = 0; group < Groups; group++)
                Multiply(in call, image, group, pixel, count, x, rest, sums, ref ahead, pieces);
        }
    }

    // [group][channel][filter of the group]; filters that there are not are zero.
    private void PackWeights(float* weights, float* to)
    {
        for (var first = 0; first < _filters; first += Group, to += Group * _channels)
        {
            var filters = Math.Min(Group, _filters - first);
            if (filters < Group)
                new Span<float>(to, Group * _channels).Clear();
            if (!_isTransposed)
                _loops.Transpose(weights + (long)first * _channels, _channels, filters, _channels, to, Group);
            else
                for (var channel = 0; channel < _channels; channel++)
                    new Span<float>(weights + (long)channel * _filters + first, filters)
                        .CopyTo(new(to + channel * Group, filters));
        }
    }

    private void Multiply(in KernelCall call, int image, int group, int pixel, int count, float* x, float* rest,
        float* sums, ref Ahead ahead, OutputPieces pieces)
    {
        var first = group * Group;
        var filters = Math.Min(Group, _filters - first);
        var weights = (float*)call.Scratch + first * _channels;
        var start = ((long)image * _filters + first) * _pixels + pixel;
        for (var at = 0; at < count; at += _panels.Panel)
        {
            // What is written behind the products: some rows with each panel.
            for (var filter = filters * at / count; filter < filters * Math.Min(at + _panels.Panel, count) / count; filter++)
                pieces.Fetch(in call, start + (long)filter * _pixels, count);
            var (width, isWhole) = (_panels.Width(count - at), at + _panels.Panel <= count);
            _loops.Multiply(weights, 1, Group, filters, _channels, isWhole ? new Lines(x + at, _pixels) : new(rest, width), width,
                sums + Group * at, add: false, ref ahead);
        }
        var bias = _hasBias ? call.Input(2) + first : null;
        var to = pieces.At(in call, start);
        for (var filter = 0; filter < filters; filter++)
        {
            var row = AreTogether ? to + (long)filter * _pixels : pieces.At(in call, start + (long)filter * _pixels);
            _panels.Unpack(sums, filter, count, bias is null ? 0 : bias[filter], row);
            if (!AreTogether)
                pieces.Done(in call, start + (long)filter * _pixels, count);
        }
        if (AreTogether)
            pieces.Done(in call, start, filters * _pixels);
    }
}
