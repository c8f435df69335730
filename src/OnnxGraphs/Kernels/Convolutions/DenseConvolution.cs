using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Elementwise;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// A dense convolution with a stride of one or two, or dx of one: source [N, C, ...], weights and perhaps a bias to target
/// [N, K, ...]. Each part pads the maps of all source channels for a band of rows, and multiplies them, shifted for each
/// entry of the kernel, by the weights of some target channels at a time. Of a target with a stride it does so for each of
/// the interleaved maps.
/// </summary>
internal sealed unsafe class DenseConvolution : PieceKernel
{
    /// <summary>Target channels at a time: those of the widest product.</summary>
    private const int Group = 2 * InnerLoops.ProductRows;

    /// <summary>Numbers of the maps' bands: they stay in the second cache.</summary>
    private const int CachedNumbers = 1 << 17;

    private const int MostPixels = 512, PartsPerThread = 2;

    private readonly InnerLoops _loops;
    private readonly FilterAxis _rows, _columns;
    private readonly PhasedMap _map;
    private readonly ShiftedMaps _shifted;
    private readonly DenseWeights _weights;
    private readonly PixelPanels _panels;
    private readonly int[] _offsets;
    private readonly int _sources, _targets, _sourceSize, _bandRows, _bands;
    private readonly bool _hasBias;

    private DenseConvolution(string name, InnerLoops loops, FilterAxis rows, FilterAxis columns, DenseWeights weights,
        IReadOnlyList<TensorShape> inputs, TensorShape target) : base(name, inputs, target)
    {
        (_loops, _rows, _columns, _weights, _hasBias) = (loops, rows, columns, weights, inputs.Count > 2);
        (_sources, _targets) = ((int)inputs[0][1], (int)target[1]);
        (_sourceSize, Row) = (rows.SourceSize * columns.SourceSize, rows.TargetSize * columns.TargetSize);
        var wanted = target[0] * rows.Count * columns.Count / (PartsPerThread * Environment.ProcessorCount);
        var pixels = Math.Clamp(Math.Min(wanted, CachedNumbers / _sources), 2 * loops.Width, MostPixels);
        _bandRows = BandRows((int)Math.Clamp(pixels / columns.Count, 1, rows.Count), new PhasedMap(loops, rows, columns, 1).Pitch);
        _bands = (rows.Count + _bandRows - 1) / _bandRows;
        _map = new(loops, rows, columns, _bandRows);
        _shifted = new(_map, rows, columns);
        _offsets = [.. _shifted.Offsets.SelectMany(shift =>
            Enumerable.Range(0, _sources).Select(source => source * _map.Size + shift))];
        _panels = new(loops, Group);
        Parts = (int)target[0] * _bands;
    }

    public static DenseConvolution Forward(ConvolutionShape shape, bool hasBias, InnerLoops loops) => new("DenseConv", loops,
        shape.Forward(0), shape.Forward(1), new(loops, shape, isTransposed: false, Group),
        hasBias ? [shape.Input, shape.Weights, new(shape.Filters)] : [shape.Input, shape.Weights], shape.Output);

    /// <summary>dx from dy and the weights.</summary>
    public static DenseConvolution Backward(ConvolutionShape shape, InnerLoops loops) => new("DenseConvInputGradient", loops,
        shape.Backward(0), shape.Backward(1), new(loops, shape, isTransposed: true, Group), [shape.Output, shape.Weights],
        shape.Input);

    public override long ScratchBytes => sizeof(float) * _weights.Size;

    public override int Parts { get; }

    public override int Row { get; }

    public override int PieceOfRow => _bandRows * _rows.TargetStride * _columns.TargetSize;

    public override int LargestPiece => Math.Min(Row, PieceOfRow);

    // Padded.
    private int BandPixels => _panels.Whole(_bandRows * _map.Pitch);

    private int MapsSize => _sources * _map.Size;

    // Of an interleaved map of the target.
    private int SumsSize => Group * BandPixels;

    private int LineSize => BandPixels + InnerLoops.Slack;

    // As many rows as possible, at most these, of those that leave the fewest places of vectors empty.
    private int BandRows(int most, int pitch) => Enumerable.Range(1, most).Reverse().MinBy(rows =>
        _rows.Count / rows * Vectors(rows * pitch) + Vectors(_rows.Count % rows * pitch));

    private int Vectors(int pixels) => (pixels + _loops.Width - 1) / _loops.Width;

    public override void Run(ref KernelCall call)
    {
        _weights.Pack(call.Input(1), (float*)call.Scratch);
        base.Run(ref call);
    }

    public override void Part(in KernelCall call, int index, OutputPieces pieces)
    {
        var maps = Workspace.ForKernel(MapsSize + _shifted.Phases.Count * SumsSize + 2 * _columns.TargetStride * LineSize);
        var (image, first) = (index / _bands, index % _bands * _bandRows);
        var rows = Math.Min(_bandRows, _rows.Count - first);
        Fill(call.Input(0) + (long)image * _sources * _sourceSize, first, rows, maps);
        // From the first row's first pixel to the last one's last.
        var pixels = (rows - 1) * _map.Pitch + _columns.Count;
        for (var target = 0; target < _targets; target += Group)
        {
            var start = ((long)image * _targets + target) * Row + first * _rows.TargetStride * _columns.TargetSize;
            var targets = Math.Min(Group, _targets - target);
            Multiply(in call, target, targets, start, rows, pixels, maps, pieces);
            for (var i = 0; i < targets; i++)
                Write(in call, target, i, start + (long)i * Row, first, rows, pixels, maps + MapsSize, pieces);
        }
    }

    private void Fill(float* source, int first, int rows, float* maps)
    {
        for (var channel = 0; channel < _sources; channel++, source += _sourceSize, maps += _map.Size)
        {
            // The next channel's rows.
            CacheLines.Fetch(source + _sourceSize + _map.Start(first), rows * _rows.SourceStride * _columns.SourceSize);
            _map.Fill(source, maps, first, rows);
        }
    }

    // [interleaved map][panel][target of the group][pixel of the panel]
    private void Multiply(in KernelCall call, int target, int targets, long start, int rows, int pixels, float* maps,
        OutputPieces pieces)
    {
        var weights = (float*)call.Scratch + (long)target * _weights.RowSize;
        var (phases, written) = (_shifted.Phases.Count, Math.Min(PieceOfRow, rows * _rows.TargetStride * _columns.TargetSize));
        fixed (int* offsets = _offsets)
            for (var phase = 0; phase < phases; phase++)
                for (var at = 0; at < pixels; at += _panels.Panel)
                {
                    // What is written behind the products: some rows with each panel.
                    var (done, all) = (phase * pixels + at, phases * pixels);
                    var next = phase * pixels + Math.Min(pixels, at + _panels.Panel);
                    for (var i = targets * done / all; i < targets * next / all; i++)
                        pieces.Fetch(in call, start + (long)i * Row, written);
                    var width = _panels.Width(pixels - at);
                    var sums = maps + MapsSize + phase * SumsSize + at * Group;
                    if (_shifted.Phases[phase].Count == 0)
                        new Span<float>(sums, Group * width).Clear();
                    for (var i = 0; i < _shifted.Phases[phase].Count; i++)
                    {
                        var run = _shifted.Phases[phase][i];
                        _loops.Multiply(weights + run.Tap * _sources * Group, 1, Group, targets, run.Count * _sources,
                            new Lines(maps + at, 0, offsets + run.Slot * _sources), width, sums, add: i > 0);
                    }
                }
    }

    // A target's rows of a band.
    private void Write(in KernelCall call, int group, int target, long start, int first, int rows, int pixels, float* sums,
        OutputPieces pieces)
    {
        var (stride, size) = (_rows.TargetStride, _columns.TargetSize);
        var targetRows = Math.Min(rows * stride, _rows.TargetSize - first * stride);
        var piece = pieces.At(in call, start);
        var bias = _hasBias ? call.Input(2)[group + target] : 0;
        for (var row = 0; row < Math.Min(stride, targetRows); row++)
            _loops.CopyRows(Interleaved(sums, target, row, pixels, bias), _columns.TargetStride * _map.Pitch,
                piece + row * size, stride * size, (targetRows - row + stride - 1) / stride, 0, size, size);
        pieces.Done(in call, start, targetRows * size);
    }

    // The column phases of a row phase as one map.
    private float* Interleaved(float* sums, int target, int row, int pixels, float bias)
    {
        float* even = sums + _shifted.Phases.Count * SumsSize, odd = even + LineSize, both = odd + LineSize;
        var phase = sums + row * _columns.TargetStride * SumsSize;
        _panels.Unpack(phase, target, pixels, bias, even);
        if (_columns.TargetStride == 1)
            return even;
        _panels.Unpack(phase + SumsSize, target, pixels, bias, odd);
        _loops.Interleave(even, odd, both, pixels);
        return both;
    }
}
