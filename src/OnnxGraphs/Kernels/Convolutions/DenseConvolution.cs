using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Elementwise;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// A dense convolution with a stride of one or two, or dx of one: source [N, C, ...], weights and perhaps a bias to target
/// [N, K, ...]. Each part packs the shifted maps of all source channels for a band of rows, and multiplies them by the weights
/// of some target channels at a time. Of a target with a stride it does so for each of the interleaved maps.
/// </summary>
internal sealed unsafe class DenseConvolution : PieceKernel
{
    /// <summary>Target channels at a time: those of the widest product.</summary>
    private const int Group = 2 * InnerLoops.ProductRows;

    /// <summary>Packed numbers: they stay in the second cache.</summary>
    private const int PackedNumbers = 1 << 18;

    private const int MostPixels = 512, PartsPerThread = 2;

    private readonly InnerLoops _loops;
    private readonly FilterAxis _rows, _columns;
    private readonly PhasedMap _map;
    private readonly ShiftedMaps _shifted;
    private readonly DenseWeights _weights;
    private readonly PixelPanels _packed, _sums;
    private readonly int _sources, _targets, _sourceSize, _depth, _bandRows, _bands;
    private readonly bool _hasBias;

    private DenseConvolution(string name, InnerLoops loops, FilterAxis rows, FilterAxis columns, DenseWeights weights,
        IReadOnlyList<TensorShape> inputs, TensorShape target) : base(name, inputs, target)
    {
        (_loops, _rows, _columns, _weights, _hasBias) = (loops, rows, columns, weights, inputs.Count > 2);
        (_sources, _targets) = ((int)inputs[0][1], (int)target[1]);
        (_sourceSize, Row) = (rows.SourceSize * columns.SourceSize, rows.TargetSize * columns.TargetSize);
        // Rows of packed pixels.
        _depth = rows.Shifts * columns.Shifts * _sources;
        var wanted = target[0] * rows.Count * columns.Count / (PartsPerThread * Environment.ProcessorCount);
        var pixels = Math.Clamp(Math.Min(wanted, PackedNumbers / _depth), 2 * loops.Width, MostPixels);
        _bandRows = BandRows((int)Math.Clamp(pixels / columns.Count, 1, rows.Count));
        _bands = (rows.Count + _bandRows - 1) / _bandRows;
        _map = new(loops, rows, columns, _bandRows);
        _shifted = new(_map, rows, columns);
        (_packed, _sums) = (new(loops, _depth), new(loops, Group));
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

    private int BandPixels => _packed.Whole(_bandRows * _columns.Count);

    private int PackedSize => _depth * BandPixels;

    // Of an interleaved map of the target.
    private int SumsSize => Group * BandPixels;

    private int LineSize => BandPixels + InnerLoops.Slack;

    // As many rows as possible, at most these, of those that leave the fewest places of vectors empty.
    private int BandRows(int most) => Enumerable.Range(1, most).Reverse().MinBy(rows =>
        _rows.Count / rows * Vectors(rows) + Vectors(_rows.Count % rows));

    private int Vectors(int rows) => (rows * _columns.Count + _loops.Width - 1) / _loops.Width;

    public override void Run(ref KernelCall call)
    {
        _weights.Pack(call.Input(1), (float*)call.Scratch);
        base.Run(ref call);
    }

    public override void Part(in KernelCall call, int index, OutputPieces pieces)
    {
        var packed = Workspace.ForKernel(PackedSize
            + Math.Max(_map.Size + LineSize, _shifted.Phases.Count * SumsSize + 2 * _columns.TargetStride * LineSize));
        var (image, first) = (index / _bands, index % _bands * _bandRows);
        var rows = Math.Min(_bandRows, _rows.Count - first);
        Pack(call.Input(0) + (long)image * _sources * _sourceSize, first, rows, packed);
        for (var target = 0; target < _targets; target += Group)
        {
            var start = ((long)image * _targets + target) * Row + first * _rows.TargetStride * _columns.TargetSize;
            var targets = Math.Min(Group, _targets - target);
            Multiply(in call, target, targets, start, rows * _columns.Count, packed, pieces);
            for (var i = 0; i < targets; i++)
                Write(in call, target, i, start + (long)i * Row, first, rows, packed + PackedSize, pieces);
        }
    }

    // [panel][shift][source][pixel of the panel]
    private void Pack(float* source, int first, int rows, float* packed)
    {
        float* map = packed + PackedSize, line = map + _map.Size;
        for (var channel = 0; channel < _sources; channel++, source += _sourceSize)
        {
            // The next channel's rows.
            CacheLines.Fetch(source + _sourceSize + _map.Start(first), rows * _rows.SourceStride * _columns.SourceSize);
            _map.Fill(source, map, first, rows);
            for (var slot = 0; slot < _shifted.Offsets.Length; slot++)
            {
                _loops.JoinRows(map + _shifted.Offsets[slot], _map.Pitch, rows, _columns.Count, line);
                _packed.Pack(line, rows * _columns.Count, packed, slot * _sources + channel);
            }
        }
    }

    // [interleaved map][panel][target of the group][pixel of the panel]
    private void Multiply(in KernelCall call, int target, int targets, long start, int pixels, float* packed,
        OutputPieces pieces)
    {
        var weights = (float*)call.Scratch + (long)target * _weights.RowSize;
        var phases = _shifted.Phases.Count;
        for (var phase = 0; phase < phases; phase++)
            for (var at = 0; at < pixels; at += _packed.Panel)
            {
                for (var i = 0; i < targets; i++)
                    pieces.Fetch(in call, start + (long)i * Row + phases * at + phase * _packed.Panel, _packed.Panel);
                var width = _packed.Width(pixels - at);
                var sums = packed + PackedSize + phase * SumsSize + at * Group;
                if (_shifted.Phases[phase].Count == 0)
                    new Span<float>(sums, Group * width).Clear();
                for (var i = 0; i < _shifted.Phases[phase].Count; i++)
                {
                    var run = _shifted.Phases[phase][i];
                    _loops.Multiply(weights + run.Tap * _sources * Group, 1, Group, targets, run.Count * _sources,
                        packed + _depth * at + run.Slot * _sources * width, width, sums, add: i > 0);
                }
            }
    }

    // A target's rows of a band.
    private void Write(in KernelCall call, int group, int target, long start, int first, int rows, float* sums,
        OutputPieces pieces)
    {
        var (stride, size, pixels) = (_rows.TargetStride, _columns.TargetSize, rows * _columns.Count);
        var targetRows = Math.Min(rows * stride, _rows.TargetSize - first * stride);
        var piece = pieces.At(in call, start);
        if (_shifted.Phases.Count == 1)
            _sums.Unpack(sums, target, pixels, _hasBias ? call.Input(2)[group + target] : 0, piece);
        else
            for (var row = 0; row < Math.Min(stride, targetRows); row++)
                _loops.CopyRows(Interleaved(sums, target, row, pixels), _columns.TargetStride * _columns.Count,
                    piece + row * size, stride * size, (targetRows - row + stride - 1) / stride, 0, size, size);
        pieces.Done(in call, start, targetRows * size);
    }

    // The column phases of a row phase as one map.
    private float* Interleaved(float* sums, int target, int row, int pixels)
    {
        float* even = sums + _shifted.Phases.Count * SumsSize, odd = even + LineSize, both = odd + LineSize;
        var phase = sums + row * _columns.TargetStride * SumsSize;
        _sums.Unpack(phase, target, pixels, 0, even);
        if (_columns.TargetStride == 1)
            return even;
        _sums.Unpack(phase + SumsSize, target, pixels, 0, odd);
        _loops.Interleave(even, odd, both, pixels);
        return both;
    }
}
