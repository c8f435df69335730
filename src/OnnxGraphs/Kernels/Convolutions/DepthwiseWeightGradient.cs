using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// dw [C, 1, kh, kw] of a depthwise convolution from dy and x: for each entry of the kernel the product of dy with a
/// shifted copy of x, all entries in one pass. Images are summed in their order.
/// </summary>
internal sealed unsafe class DepthwiseWeightGradient : Kernel
{
    private const int PartsPerThread = 4;

    private readonly InnerLoops _loops;
    private readonly PhasedMap _map;
    private readonly ConvolutionShape _shape;
    private readonly int[] _offsets;
    private readonly int _parts;
    private readonly int _partScratch;

    public DepthwiseWeightGradient(ConvolutionShape shape, InnerLoops loops) : base("DepthwiseConvWeightGradient",
        [new(ElementType.Float32, shape.Output), new(ElementType.Float32, shape.Input)],
        [new(ElementType.Float32, shape.Weights)])
    {
        var (rows, columns) = (shape.Forward(0), shape.Forward(1));
        (_loops, _shape, _map) = (loops, shape, PhasedMap.Cached(loops, rows, columns));
        _offsets = [.. rows.Taps.SelectMany(row => columns.Taps.Select(column => _map.Offset(row, column)))];
        _parts = Math.Min(shape.Channels, PartsPerThread * Environment.ProcessorCount);
        _partScratch = _map.Size + _map.Rows * _map.Pitch + InnerLoops.Slack;
    }

    public override void Run(ref KernelCall call) => call.ForEach(0, _parts);

    public override void Part(in KernelCall call, int phase, int index)
    {
        var scratch = Workspace.ForKernel(_partScratch);
        var (first, end) = (_shape.Channels * index / _parts, _shape.Channels * (index + 1) / _parts);
        var sums = call.Output(0);
        new Span<float>(sums + first * _offsets.Length, (end - first) * _offsets.Length).Clear();
        // As the maps lie in memory.
        for (var image = 0; image < _shape.Images; image++)
            for (var channel = first; channel < end; channel++)
            {
                var map = (long)image * _shape.Channels + channel;
                AddMap(call.Input(0) + map * _shape.OutputPixels, call.Input(1) + map * _shape.InputPixels,
                    sums + channel * _offsets.Length, scratch);
            }
    }

    private void AddMap(float* dy, float* x, float* sums, float* scratch)
    {
        var (height, width) = ((int)_shape.Output[2], (int)_shape.Output[3]);
        var flat = scratch + _map.Size;
        for (var first = 0; first < height; first += _map.Rows)
        {
            var rows = Math.Min(_map.Rows, height - first);
            _map.Fill(x, scratch, first, rows);
            _loops.CopyRows(dy + first * width, width, flat, _map.Pitch, rows, 0, width, _map.Pitch);
            new Span<float>(flat + rows * _map.Pitch, InnerLoops.Slack).Clear();
            // The next band, or the next map.
            var read = _shape.InputPixels / height;
            CacheLines.FetchNear(dy + (first + rows) * width, rows * width);
            var each = new EvenParts(0, rows * read, Math.Max(1, rows * _map.Pitch / _loops.Width)).Size;
            fixed (int* offsets = _offsets)
                _loops.Correlate(scratch, flat, rows * _map.Pitch, sums, offsets, _offsets.Length, x + (first + rows) * read, each);
        }
    }
}
