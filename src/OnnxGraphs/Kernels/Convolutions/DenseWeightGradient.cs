using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// dw [K, C, kh, kw] of a dense convolution from dy and x: for each entry of the kernel and pair of channels a sum over
/// pixels. dy is transposed to blocks of pixels by filters, so that vectors go across filters; x is read in bands of
/// padded maps, a number at a time. Each sum is taken in the order of images and pixels, whatever the threads.
/// </summary>
internal sealed unsafe class DenseWeightGradient : Kernel
{
    /// <summary>Numbers of dy's block for a band: they stay in the first-level cache.</summary>
    private const int BandSize = 6144;

    private const int PartsPerThread = 4, LargestGroup = 8;

    private readonly InnerLoops _loops;
    private readonly ConvolutionShape _shape;
    private readonly PhasedMap _map;
    private readonly int[] _places;
    private readonly int[] _rows;
    private readonly int _columns;
    private readonly int _blocks;
    private readonly int _group;
    private readonly int _groups;
    private readonly int _parts;
    private readonly long _transposedSize;

    public DenseWeightGradient(ConvolutionShape shape, InnerLoops loops) : base("ConvWeightGradient",
        [new(ElementType.Float32, shape.Output), new(ElementType.Float32, shape.Input)],
        [new(ElementType.Float32, shape.Weights)])
    {
        (_loops, _shape) = (loops, shape);
        var (rows, columns) = (shape.Forward(0), shape.Forward(1));
        _columns = shape.Filters <= loops.Width ? loops.Width : 2 * loops.Width;
        _map = new(loops, rows, columns, Math.Clamp(BandSize / _columns / columns.Count, 1, rows.Count));
        _places = [.. Enumerable.Range(0, _map.Rows * columns.Count)
            .Select(p => p / columns.Count * _map.Pitch + p % columns.Count)];
        _blocks = (shape.Filters + _columns - 1) / _columns;
        // Small groups where there are few, so that all threads have work.
        var wanted = PartsPerThread * Environment.ProcessorCount;
        _group = Math.Clamp(shape.Channels * _blocks / wanted, Math.Min(2, shape.Channels), LargestGroup);
        _groups = (shape.Channels + _group - 1) / _group;
        _parts = Math.Min(_groups * _blocks, wanted);
        var entries = rows.Taps.SelectMany(row => columns.Taps.Select(column => _map.Offset(row, column))).ToArray();
        // Rows that fill up the last block repeat the last one; nobody reads their sums.
        _rows = [.. Enumerable.Range(0, RowCount).Select(i => Math.Min(i, _group * shape.Taps - 1))
            .Select(i => i / shape.Taps * _map.Size + entries[i % shape.Taps])];
        _transposedSize = (long)_blocks * shape.Images * shape.OutputPixels * _columns;
    }

    private int RowCount => (_group * _shape.Taps + InnerLoops.ProductRows - 1) / InnerLoops.ProductRows
        * InnerLoops.ProductRows;

    private int PartScratch => _group * _map.Size + RowCount * _columns;

    public override long ScratchBytes => (_transposedSize + (long)_parts * PartScratch) * sizeof(float);

    public override void Run(ref KernelCall call)
    {
        call.ForEach(0, _shape.Images * _blocks);
        call.ForEach(1, _parts);
    }

    public override void Part(in KernelCall call, int phase, int index)
    {
        if (phase == 0)
        {
            Transpose(in call, index / _blocks, index % _blocks);
            return;
        }
        var items = _groups * _blocks;
        var scratch = (float*)call.Scratch + _transposedSize + (long)index * PartScratch;
        var end = (int)((long)items * (index + 1) / _parts);
        for (var item = (int)((long)items * index / _parts); item < end; item++)
            Sum(in call, item / _groups, item % _groups * _group, scratch);
    }

    private float* Transposed(in KernelCall call, int image, int block) => (float*)call.Scratch
        + ((long)block * _shape.Images + image) * _shape.OutputPixels * _columns;

    // dy [filters of the block, pixels] to [pixels, filters].
    private void Transpose(in KernelCall call, int image, int block)
    {
        var (pixels, first) = (_shape.OutputPixels, block * _columns);
        var filters = Math.Min(_columns, _shape.Filters - first);
        var to = Transposed(in call, image, block);
        if (filters < _columns)
            new Span<float>(to, pixels * _columns).Clear();
        var from = call.Input(0) + ((long)image * _shape.Filters + first) * pixels;
        _loops.Transpose(from, pixels, filters, pixels, to, _columns);
    }

    private void Sum(in KernelCall call, int block, int firstChannel, float* scratch)
    {
        var sums = scratch + _group * _map.Size;
        var channels = Math.Min(_group, _shape.Channels - firstChannel);
        var (height, width) = ((int)_shape.Output[2], (int)_shape.Output[3]);
        new Span<float>(scratch, PartScratch).Clear();
        for (var image = 0; image < _shape.Images; image++)
        {
            var x = call.Input(1) + ((long)image * _shape.Channels + firstChannel) * _shape.InputPixels;
            var dy = Transposed(in call, image, block);
            for (var first = 0; first < height; first += _map.Rows)
            {
                var rows = Math.Min(_map.Rows, height - first);
                for (var channel = 0; channel < channels; channel++)
                    _map.Fill(x + (long)channel * _shape.InputPixels, scratch + channel * _map.Size, first, rows);
                fixed (int* places = _places, offsets = _rows)
                    for (var row = 0; row < RowCount; row += InnerLoops.ProductRows)
                        _loops.AddProducts(scratch, offsets + row, places, rows * width,
                            dy + (long)first * width * _columns, _columns, sums + row * _columns);
            }
        }
        Write(call.Output(0), sums, block, firstChannel, channels);
    }

    private void Write(float* dw, float* sums, int block, int firstChannel, int channels)
    {
        var (first, rows) = (block * _columns, channels * _shape.Taps);
        for (var filter = first; filter < Math.Min(first + _columns, _shape.Filters); filter++)
            for (var row = 0; row < rows; row++)
                dw[((long)filter * _shape.Channels + firstChannel) * _shape.Taps + row] =
                    sums[row * _columns + filter - first];
    }
}
