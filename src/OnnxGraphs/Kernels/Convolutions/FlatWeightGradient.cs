using System.Runtime.InteropServices;
using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// What <see cref="DepthwiseWeightGradient"/> computes, for kernels of three or five rows without stride between maps of one
/// size: rows are read as they lie in memory, four at a time, a column of the kernel after the other. A mask takes away what
/// a shift takes from another row.
/// </summary>
internal sealed unsafe class FlatWeightGradient : Kernel
{
    /// <summary>Numbers of a band of rows: it stays in the first cache for all columns.</summary>
    private const int BandNumbers = 2048;

    private const int RowsAtOnce = 4, PartsPerThread = 4, Slack = InnerLoops.Slack;

    private readonly InnerLoops _loops;
    private readonly ConvolutionShape _shape;
    private readonly int _height, _width, _taps, _columns, _above, _left, _bandRows, _parts;
    private readonly uint[][] _masks;

    private FlatWeightGradient(ConvolutionShape shape, InnerLoops loops) : base("DepthwiseConvWeightGradient",
        [new(ElementType.Float32, shape.Output), new(ElementType.Float32, shape.Input)],
        [new(ElementType.Float32, shape.Weights)])
    {
        (_loops, _shape, _height, _width) = (loops, shape, (int)shape.Output[2], (int)shape.Output[3]);
        (_taps, _columns) = ((int)shape.Window.Kernel[0], (int)shape.Window.Kernel[1]);
        (_above, _left) = ((int)shape.Window.Before[0], (int)shape.Window.Before[1]);
        _bandRows = Whole(Math.Min(_height, Math.Max(BandNumbers / _width, 1)));
        _parts = Math.Min(shape.Channels, PartsPerThread * Environment.ProcessorCount);
        _masks = [.. Enumerable.Range(0, _columns).Select(column => Mask(column - _left))];
    }

    /// <summary>Null for other kernels.</summary>
    public static FlatWeightGradient? Of(ConvolutionShape shape, InnerLoops loops) => shape is
        { Window: { IsUnit: true, Kernel: [3 or 5, < Slack / 4], Dilations: [1, 1] } } && shape.Input == shape.Output
            && shape.Window.Before[0] < shape.Window.Kernel[0] && shape.Window.Before[1] < shape.Window.Kernel[1]
            ? new(shape, loops) : null;

    // Of x; dy takes fewer.
    private int BandSize => RowBand.Size((_bandRows + _taps - 1) * _width);

    public override void Run(ref KernelCall call) => call.ForEach(0, _parts);

    public override void Part(in KernelCall call, int phase, int index)
    {
        var memory = Workspace.ForKernel(2 * BandSize);
        var (first, end) = (_shape.Channels * index / _parts, _shape.Channels * (index + 1) / _parts);
        var (sums, taps) = ((nint)call.Output(0), _taps * _columns);
        new Span<float>((float*)sums + first * taps, (end - first) * taps).Clear();
        // As the maps lie in memory.
        for (var image = 0; image < _shape.Images; image++)
            for (var channel = first; channel < end; channel++)
            {
                var map = ((long)image * _shape.Channels + channel) * _shape.OutputPixels;
                AddMap(call.Input(0) + map, call.Input(1) + map, (float*)sums + channel * taps, memory);
            }
    }

    private void AddMap(float* dy, float* x, float* sums, float* memory)
    {
        // [column][row]
        var byColumn = stackalloc float[_columns * _taps];
        new Span<float>(byColumn, _columns * _taps).Clear();
        for (var first = 0; first < _height; first += _bandRows)
        {
            var rows = Whole(Math.Min(_bandRows, _height - first));
            var source = RowBand.Take(x, _height, _width, first - _above, rows + _taps - 1, memory);
            var other = RowBand.Take(dy, _height, _width, first, rows, memory + BandSize);
            // Of the next band, or the next map.
            var coming = new EvenParts((first + rows) * _width, rows * _width, _columns);
            for (var column = 0; column < _columns; column++)
            {
                var next = coming.Next();
                CacheLines.FetchNear(x + _taps * _width + next.Start, next.Count);
                CacheLines.FetchNear(dy + next.Start, next.Count);
                _loops.CorrelateRows(source + column - _left, other, _width, rows,
                    (float*)Marshal.UnsafeAddrOfPinnedArrayElement(_masks[column], 0), byColumn + column * _taps, _taps);
            }
        }
        for (var column = 0; column < _columns; column++)
            for (var row = 0; row < _taps; row++)
                sums[row * _columns + column] += byColumn[column * _taps + row];
    }

    // The next multiple of the rows that are taken at once.
    private static int Whole(int rows) => (rows + RowsAtOnce - 1) / RowsAtOnce * RowsAtOnce;

    // All bits at the places of a row whose shift stays in it; none behind its end.
    private uint[] Mask(int shift)
    {
        var mask = GC.AllocateArray<uint>(_width + Slack, pinned: true);
        for (var i = 0; i < _width; i++)
            mask[i] = i + shift >= 0 && i + shift < _width ? uint.MaxValue : 0;
        return mask;
    }
}
