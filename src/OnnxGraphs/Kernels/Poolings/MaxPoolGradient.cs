using System.Runtime.CompilerServices;
using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Kernels.Poolings;

/// <summary>
/// dx of a MaxPool in two dimensions from dy and x: dy is added where the first maximum of its window stood. No indices
/// need to be kept from the forward pass.
/// </summary>
internal sealed unsafe class MaxPoolGradient : Kernel
{
    private const int PartsPerThread = 4;

    private readonly PoolAxis _rows;
    private readonly PoolAxis _columns;
    private readonly OverlappingMaxima? _overlapping;
    private readonly int _maps;
    private readonly int _parts;

    public MaxPoolGradient(TensorShape x, TensorShape y, Window window, InnerLoops loops) : base("MaxPoolGradient",
        [new(ElementType.Float32, y), new(ElementType.Float32, x)], [new(ElementType.Float32, x)])
    {
        (_rows, _columns) = (PoolAxis.Of(x, y, window, 0), PoolAxis.Of(x, y, window, 1));
        _overlapping = _rows.IsOverlapping && _columns.IsOverlapping ? new(loops, _rows, _columns) : null;
        _maps = (int)(x[0] * x[1]);
        _parts = Math.Min(_maps, PartsPerThread * Environment.ProcessorCount);
    }

    public override void Run(ref KernelCall call) => call.ForEach(0, _parts);

    public override void Part(in KernelCall call, int phase, int index)
    {
        var (size, pooled) = (_rows.Size * _columns.Size, _rows.Output * _columns.Output);
        var end = (int)((long)_maps * (index + 1) / _parts);
        for (var map = (int)((long)_maps * index / _parts); map < end; map++)
        {
            float* dy = call.Input(0) + (long)map * pooled, x = call.Input(1) + (long)map * size;
            var dx = call.Output(0) + (long)map * size;
            if (_overlapping is not null)
            {
                _overlapping.Spread(dy, x, dx, Workspace.ForKernel(_overlapping.Scratch));
                continue;
            }
            new Span<float>(dx, size).Clear();
            if (_rows.IsHalving && _columns.IsHalving)
                SpreadToQuads(dy, x, dx);
            else
                Spread(dy, x, dx);
        }
    }

    // Windows of 2 x 2 that share no place: the usual ones.
    private void SpreadToQuads(float* dy, float* x, float* dx)
    {
        var size = _columns.Size;
        for (var row = 0; row < _rows.Output; row++, dy += _columns.Output)
            for (var column = 0; column < _columns.Output; column++)
            {
                var place = 2 * (row * size + column);
                float a = x[place], b = x[place + 1], c = x[place + size], d = x[place + size + 1];
                int second = b > a ? 1 : 0, fourth = d > c ? 1 : 0;
                var isBelow = float.MaxNative(d, c) > float.MaxNative(b, a) ? 1 : 0;
                dx[place + second + (-isBelow & (size + fourth - second))] = dy[column];
            }
    }

    private void Spread(float* dy, float* x, float* dx)
    {
        for (var row = 0; row < _rows.Output; row++)
            for (var column = 0; column < _columns.Output; column++)
                dx[Largest(x, _rows, _columns, row, column)] += *dy++;
    }

    /// <summary>The place of a window's first maximum. Without a branch: which place it is cannot be predicted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Largest(float* x, PoolAxis rows, PoolAxis columns, int row, int column)
    {
        var (firstRow, endRow) = rows.Window(row);
        var (firstColumn, endColumn) = columns.Window(column);
        var largest = firstRow * columns.Size + firstColumn;
        var value = x[largest];
        for (var i = firstRow; i < endRow; i += rows.Dilation)
            for (var j = firstColumn; j < endColumn; j += columns.Dilation)
            {
                var place = i * columns.Size + j;
                var isLarger = x[place] > value ? 1 : 0;
                largest += -isLarger & (place - largest);
                value = float.MaxNative(x[place], value);
            }
        return largest;
    }
}
