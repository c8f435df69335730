using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Kernels.Poolings;

/// <summary>
/// dx of a MaxPool in two dimensions from dy and x: dy is added where the first maximum of its window stood. No indices
/// need to be kept from the forward pass.
/// </summary>
internal sealed unsafe class MaxPoolGradient : Kernel
{
    private const int PartsPerThread = 4;

    private readonly Axis _rows;
    private readonly Axis _columns;
    private readonly int _maps;
    private readonly int _parts;

    public MaxPoolGradient(TensorShape x, TensorShape y, Window window) : base("MaxPoolGradient",
        [new(ElementType.Float32, y), new(ElementType.Float32, x)], [new(ElementType.Float32, x)])
    {
        (_rows, _columns) = (Axis.Of(x, y, window, 0), Axis.Of(x, y, window, 1));
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
            var dx = call.Output(0) + (long)map * size;
            new Span<float>(dx, size).Clear();
            if (_rows.IsHalving && _columns.IsHalving)
                SpreadToQuads(call.Input(0) + (long)map * pooled, call.Input(1) + (long)map * size, dx);
            else
                Spread(call.Input(0) + (long)map * pooled, call.Input(1) + (long)map * size, dx);
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

    // Without a branch: which place it is cannot be predicted.
    private void Spread(float* dy, float* x, float* dx)
    {
        for (var row = 0; row < _rows.Output; row++)
        {
            var (firstRow, endRow) = _rows.Window(row);
            for (var column = 0; column < _columns.Output; column++)
            {
                var (firstColumn, endColumn) = _columns.Window(column);
                var largest = firstRow * _columns.Size + firstColumn;
                var value = x[largest];
                for (var i = firstRow; i < endRow; i += _rows.Dilation)
                    for (var j = firstColumn; j < endColumn; j += _columns.Dilation)
                    {
                        var place = i * _columns.Size + j;
                        var isLarger = x[place] > value ? 1 : 0;
                        largest += -isLarger & (place - largest);
                        value = float.MaxNative(x[place], value);
                    }
                dx[largest] += *dy++;
            }
        }
    }

    /// <summary>One axis of the pool.</summary>
    private readonly record struct Axis(int Size, int Output, int Kernel, int Stride, int Dilation, int Before)
    {
        public static Axis Of(TensorShape x, TensorShape y, Window window, int i) => new((int)x[i + 2], (int)y[i + 2],
            (int)window.Kernel[i], (int)window.Strides[i], (int)window.Dilations[i], (int)window.Before[i]);

        /// <summary>Two places after two, within the map.</summary>
        public bool IsHalving => this is { Kernel: 2, Stride: 2, Dilation: 1, Before: 0 } && 2 * Output <= Size;

        /// <summary>The places of a window that lie in the map.</summary>
        public (int First, int End) Window(int output)
        {
            var first = output * Stride - Before;
            var skipped = first >= 0 ? 0 : (-first + Dilation - 1) / Dilation;
            return (first + skipped * Dilation, Math.Min(first + (Kernel - 1) * Dilation + 1, Size));
        }
    }
}
