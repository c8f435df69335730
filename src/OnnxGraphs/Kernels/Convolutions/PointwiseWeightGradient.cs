using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// dw [K, C, 1, 1] of a dense convolution with stride 1: of each pair of channels of dy and x a sum over pixels. The side
/// with fewer channels, the columns, is transposed to panels, some pixels at a time, and stays in the cache; the other, the
/// rows, is read as it lies. Each part has a range of the rows. Where all sums are few, parts are slices of images and
/// pixels instead, whose sums are added up in their order, whatever the threads.
/// </summary>
internal sealed unsafe class PointwiseWeightGradient : Kernel
{
    /// <summary>Numbers of transposed pixels: they stay in the first cache, or in the second for many channels.</summary>
    private const int PackedNumbers = 1 << 13;

    /// <summary>Sums that are few beside what is read for them.</summary>
    private const int FewSums = 1 << 14;

    private const int Slices = 8, FewestPixels = 128, MostPixels = 512, AtOnce = 64, Rows = 2 * InnerLoops.ProductRows;

    private readonly InnerLoops _loops;
    private readonly int _images, _pixels, _rows, _columns, _panel, _panels, _chunk, _chunks, _slices, _ranges;
    private readonly bool _rowsAreChannels;

    public PointwiseWeightGradient(ConvolutionShape shape, InnerLoops loops) : base("PointwiseConvWeightGradient",
        [new(ElementType.Float32, shape.Output), new(ElementType.Float32, shape.Input)],
        [new(ElementType.Float32, shape.Weights)])
    {
        _loops = loops;
        _rowsAreChannels = shape.Channels > shape.Filters;
        (_rows, _columns) = (Math.Max(shape.Channels, shape.Filters), Math.Min(shape.Channels, shape.Filters));
        (_images, _pixels) = (shape.Images, shape.OutputPixels);
        _panel = _columns <= loops.Width ? loops.Width : 2 * loops.Width;
        _panels = (_columns + _panel - 1) / _panel;
        var most = Math.Clamp(PackedNumbers / (_panels * _panel), FewestPixels, MostPixels);
        _chunks = (_pixels + most - 1) / most;
        _chunk = (_pixels + _chunks - 1) / _chunks;
        _slices = (long)_rows * _columns <= FewSums ? Math.Min(Slices, _images * _chunks) : 1;
        _ranges = _slices > 1 ? 1 : Math.Min(_rows / Rows, Environment.ProcessorCount);
    }

    /// <summary>Whether there are rows enough to be multiplied at a time.</summary>
    public static bool Fits(ConvolutionShape shape) => Math.Max(shape.Channels, shape.Filters) >= Rows;

    public override long ScratchBytes => sizeof(float) * (long)_slices * _ranges * SumsSize;

    // Of a part.
    private int SumRows => ((_rows + _ranges - 1) / _ranges + Rows - 1) / Rows * Rows;

    private int SumsSize => TileGrid.Spread(_panels * SumRows * _panel);

    private int PackedSize => _panels * _chunk * _panel;

    public override void Run(ref KernelCall call)
    {
        call.ForEach(0, _slices * _ranges);
        if (_slices == 1)
            return;
        var sums = (float*)call.Scratch;
        SliceSums.Add(sums, SumsSize, SumsSize, _slices);
        Write(sums, 0, _rows, call.Output(0));
    }

    public override void Part(in KernelCall call, int phase, int index)
    {
        var sums = (float*)call.Scratch + (long)index * SumsSize;
        var packed = Workspace.ForKernel(PackedSize);
        if (_panels * _panel > _columns)
            new Span<float>(packed, PackedSize).Clear();
        new Span<float>(sums, SumsSize).Clear();
        var (slice, range) = (index / _ranges, index % _ranges);
        var (row, end) = ((int)((long)_rows * range / _ranges), (int)((long)_rows * (range + 1) / _ranges));
        var all = _images * _chunks;
        var last = (int)((long)all * (slice + 1) / _slices) - 1;
        for (var i = (int)((long)all * slice / _slices); i <= last; i++)
            Add(in call, i, Math.Min(i + 1, last), row, end - row, packed, sums);
        if (_slices == 1)
            Write(sums, row, end - row, call.Output(0));
    }

    // [panel][row][column] += the sums over some pixels, while those of the next piece arrive
    private void Add(in KernelCall call, int piece, int next, int firstRow, int rows, float* packed, float* sums)
    {
        var count = Math.Min(_chunk, _pixels - piece % _chunks * _chunk);
        Transpose(call.Input(_rowsAreChannels ? 0 : 1), piece, count, packed);
        var all = call.Input(_rowsAreChannels ? 1 : 0) + (long)firstRow * _pixels;
        float* x = all + Start(piece, _rows), ahead = all + Start(next, _rows);
        for (var row = 0; row < rows; row += Rows)
        {
            var (first, some) = Some(row, rows);
            var at = (long)first * _pixels;
            for (var panel = 0; panel < _panels; panel++)
                for (var i = 0; i < count; i += AtOnce)
                {
                    for (var r = 0; r < some && panel == 0; r++)
                        CacheLines.Fetch(ahead + at + (long)r * _pixels + i, AtOnce);
                    _loops.Multiply(x + at + i, _pixels, 1, some, Math.Min(AtOnce, count - i),
                        packed + panel * _chunk * _panel + i * Width(panel), Width(panel),
                        sums + (panel * SumRows + row) * _panel, add: true);
                }
        }
    }

    // [panel][pixel][column]
    private void Transpose(float* columns, int piece, int count, float* packed)
    {
        columns += Start(piece, _columns);
        for (var panel = 0; panel < _panels; panel++)
            _loops.Transpose(columns + (long)panel * _panel * _pixels, _pixels, Math.Min(_panel, _columns - panel * _panel),
                count, packed + panel * _chunk * _panel, Width(panel));
    }

    // The rows to multiply at once from one on, an even number: the last ones may begin among those before them.
    private static (int First, int Count) Some(int row, int rows)
    {
        var count = Math.Min(Rows, (rows - row + 1) / 2 * 2);
        return (Math.Min(row, rows - count), count);
    }

    // Where a piece's pixels begin in maps of so many channels.
    private long Start(int piece, int channels) => (long)(piece / _chunks) * channels * _pixels + piece % _chunks * _chunk;

    // Columns of a panel: the last one may be a single vector.
    private int Width(int panel) => _columns - panel * _panel <= _loops.Width ? _loops.Width : _panel;

    private void Write(float* sums, int firstRow, int rows, float* dw)
    {
        for (var panel = 0; panel < _panels; panel++, sums += SumRows * _panel)
        {
            var (column, columns) = (panel * _panel, Math.Min(_panel, _columns - panel * _panel));
            for (var row = 0; row < rows; row += Rows)
            {
                var from = sums + row * _panel;
                var (first, some) = Some(row, rows);
                first += firstRow;
                if (_rowsAreChannels)
                    _loops.Transpose(from, Width(panel), some, columns, dw + (long)column * _rows + first, _rows);
                else
                    _loops.CopyRows(from, Width(panel), dw + (long)first * _columns + column, _columns, some, 0, columns,
                        columns);
            }
        }
    }
}
