using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// dw [K, C, kh, kw] of a dense convolution from dy and x: the product of a row of x's pixels for each channel and entry of
/// the kernel, copied from padded maps, and dy, transposed to panels of filters; a band of pixels after the other. Each part
/// has a range of the rows. Where all sums are few, parts are slices of the bands instead, whose sums are added up in their
/// order, whatever the threads.
/// </summary>
internal sealed unsafe class DenseWeightGradient : Kernel
{
    /// <summary>Pixels of a band: a panel and some rows stay in the first cache, all panels in the second.</summary>
    private const int MostPixels = 512;

    /// <summary>Sums that are few beside what is read for them.</summary>
    private const int FewSums = 1 << 14;

    private const int Slices = 8, Rows = 2 * InnerLoops.ProductRows;

    private readonly InnerLoops _loops;
    private readonly ConvolutionShape _shape;
    private readonly MapBands _bands;
    private readonly PhasedMap _map;
    private readonly int[] _offsets;
    private readonly int _rows, _panel, _panels, _slices, _ranges;

    public DenseWeightGradient(ConvolutionShape shape, InnerLoops loops) : base("ConvWeightGradient",
        [new(ElementType.Float32, shape.Output), new(ElementType.Float32, shape.Input)],
        [new(ElementType.Float32, shape.Weights)])
    {
        (_loops, _shape, _rows) = (loops, shape, shape.Channels * shape.Taps);
        _bands = MapBands.Of(shape.Output, MostPixels);
        var (rows, columns) = (shape.Forward(0), shape.Forward(1));
        _map = new(loops, rows, columns, _bands.Rows);
        _offsets = [.. rows.Taps.SelectMany(row => columns.Taps.Select(column => _map.Offset(row, column)))];
        _panel = shape.Filters <= loops.Width ? loops.Width : 2 * loops.Width;
        _panels = (shape.Filters + _panel - 1) / _panel;
        _slices = (long)_rows * shape.Filters <= FewSums ? Math.Min(Slices, _bands.Count) : 1;
        _ranges = _slices > 1 ? 1 : Math.Min((_rows + Rows - 1) / Rows, Environment.ProcessorCount);
    }

    public override long ScratchBytes => sizeof(float) * (long)_slices * _ranges * SumsSize;

    // Of a part.
    private int SumRows => ((_rows + _ranges - 1) / _ranges + Rows - 1) / Rows * Rows;

    private int SumsSize => TileGrid.Spread(_panels * SumRows * _panel);

    private int LinePitch => TileGrid.Spread(_bands.Pixels + _loops.Width);

    private int PackedSize => _panels * _bands.Pixels * _panel;

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
        var packed = Workspace.ForKernel(PackedSize + Rows * LinePitch + _bands.Images * _map.Size);
        if (_panels * _panel > _shape.Filters)
            new Span<float>(packed, PackedSize).Clear();
        var (slice, range) = (index / _ranges, index % _ranges);
        var (row, end) = ((int)((long)_rows * range / _ranges), (int)((long)_rows * (range + 1) / _ranges));
        var first = (int)((long)_bands.Count * slice / _slices);
        for (var band = first; band < (int)((long)_bands.Count * (slice + 1) / _slices); band++)
            Add(in call, _bands.At(band), row, end, packed, sums, add: band > first);
        if (_slices == 1)
            Write(sums, row, end - row, call.Output(0));
    }

    // [panel][row][filter] += the sums over a band
    private void Add(in KernelCall call, MapBand band, int firstRow, int endRow, float* packed, float* sums, bool add)
    {
        float* lines = packed + PackedSize, maps = lines + Rows * LinePitch;
        Transpose(call.Input(0), band, packed);
        for (var row = firstRow; row < endRow; row += Rows, sums += Rows * _panel)
        {
            var rows = Math.Min(Rows, endRow - row);
            for (var i = 0; i < rows; i++)
            {
                var (channel, tap) = Math.DivRem(row + i, _shape.Taps);
                if (tap == 0 || row + i == firstRow)
                    Fill(call.Input(1), band, channel, maps);
                CopyLine(maps + _offsets[tap], band, lines + i * LinePitch);
            }
            for (var panel = 0; panel < _panels; panel++)
            {
                var to = sums + panel * SumRows * _panel;
                _loops.Multiply(lines, LinePitch, 1, rows, band.Pixels, packed + panel * _bands.Pixels * _panel, _panel, to, add,
                    Ahead.Rows(to, _panel, band.Pixels));
            }
        }
    }

    // [panel][pixel][filter]
    private void Transpose(float* dy, MapBand band, float* packed)
    {
        for (var (panel, first) = (0, 0); panel < _panels; panel++, first += _panel)
            for (var i = 0; i < band.Images; i++)
                _loops.Transpose(
                    dy + ((long)(band.Image + i) * _shape.Filters + first) * _shape.OutputPixels + band.FirstRow * band.Width,
                    _shape.OutputPixels, Math.Min(_panel, _shape.Filters - first), band.Rows * band.Width,
                    packed + (panel * _bands.Pixels + i * band.Rows * band.Width) * _panel, _panel);
    }

    private void Fill(float* x, MapBand band, int channel, float* maps)
    {
        for (var i = 0; i < band.Images; i++)
            _map.Fill(x + ((long)(band.Image + i) * _shape.Channels + channel) * _shape.InputPixels, maps + i * _map.Size,
                band.FirstRow, band.Rows);
    }

    private void CopyLine(float* maps, MapBand band, float* line)
    {
        for (var i = 0; i < band.Images; i++)
            _loops.JoinRows(maps + i * _map.Size, _map.Pitch, band.Rows, band.Width, line + i * band.Rows * band.Width);
    }

    private void Write(float* sums, int firstRow, int rows, float* dw)
    {
        for (var (panel, first) = (0, 0); panel < _panels; panel++, first += _panel)
            _loops.Transpose(sums + panel * SumRows * _panel, _panel, rows, Math.Min(_panel, _shape.Filters - first),
                dw + (long)first * _rows + firstRow, _rows);
    }
}
