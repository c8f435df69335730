using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Elementwise;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// A depthwise convolution or its adjoint: source [N, C, ...], weights [C, 1, kh, kw] and perhaps a bias [C] to target
/// [N, C, ...]. Each map is a sum of shifted copies of a flat one, in vectors across rows, so that small maps are as
/// fast as large ones.
/// </summary>
internal sealed unsafe class DepthwiseFilter : PieceKernel
{
    /// <summary>Parts for each thread, so that they end together.</summary>
    private const int PartsPerThread = 4;

    private readonly InnerLoops _loops;
    private readonly PhasedMap _map;
    private readonly FilterAxis _rows;
    private readonly int _channels;
    private readonly int _maps;
    private readonly int _sourceSize;
    private readonly int _targetSize;
    private readonly int _taps;
    private readonly int _columnPhases;
    private readonly int _resultSize;
    private readonly int _partScratch;
    private readonly Phase[] _phases;

    private DepthwiseFilter(string name, InnerLoops loops, FilterAxis rows, FilterAxis columns,
        IReadOnlyList<TensorShape> inputs, TensorShape target) : base(name, inputs, target)
    {
        (_loops, _rows, _map) = (loops, rows, PhasedMap.Cached(loops, rows, columns));
        _channels = (int)target[1];
        _maps = (int)(target[0] * target[1]);
        Parts = Math.Min(_maps, PartsPerThread * Environment.ProcessorCount);
        (_sourceSize, _targetSize) = (rows.SourceSize * columns.SourceSize, rows.TargetSize * columns.TargetSize);
        _taps = rows.Taps.Count * columns.Taps.Count;
        _phases = [.. Enumerable.Range(0, rows.TargetStride).SelectMany(row =>
            Enumerable.Range(0, columns.TargetStride).Select(column => PhaseOf(rows, columns, row, column)))];
        _columnPhases = columns.TargetStride;
        _resultSize = _map.Rows * _map.Pitch + InnerLoops.Slack;
        // The source, the column phases of a result, these interleaved, and the weights of a phase.
        _partScratch = _map.Size + 2 * _columnPhases * _resultSize + _taps;
    }

    public static Kernel Forward(ConvolutionShape shape, bool hasBias, InnerLoops loops) => Of(
        "DepthwiseConv", loops, shape.Forward(0), shape.Forward(1),
        hasBias ? [shape.Input, shape.Weights, new(shape.Channels)] : [shape.Input, shape.Weights], shape.Output);

    /// <summary>dx from dy and the weights.</summary>
    public static Kernel Backward(ConvolutionShape shape, InnerLoops loops) => Of(
        "DepthwiseConvInputGradient", loops, shape.Backward(0), shape.Backward(1),
        [shape.Output, shape.Weights], shape.Input);

    // Maps of one size without stride need no phases.
    private static Kernel Of(string name, InnerLoops loops, FilterAxis rows, FilterAxis columns,
        IReadOnlyList<TensorShape> inputs, TensorShape target) => FlatTaps.Serve(rows, columns)
            ? new FlatFilter(name, loops, rows, columns, inputs, target)
            : new DepthwiseFilter(name, loops, rows, columns, inputs, target);

    public override int Parts { get; }

    public override int Row => _targetSize;

    public override int PieceOfRow => _targetSize;

    public override int LargestPiece => _targetSize;

    public override void Part(in KernelCall call, int index, OutputPieces pieces)
    {
        var scratch = Workspace.ForKernel(_partScratch);
        var end = (int)((long)_maps * (index + 1) / Parts);
        for (var map = (int)((long)_maps * index / Parts); map < end; map++)
        {
            var (channel, start) = (map % _channels, (long)map * _targetSize);
            FilterMap(in call, start, pieces, call.Input(0) + (long)map * _sourceSize, call.Input(1) + channel * _taps,
                Inputs.Count > 2 ? call.Input(2)[channel] : 0, pieces.At(in call, start), scratch);
            pieces.Done(in call, start, _targetSize);
        }
    }

    private void FilterMap(in KernelCall call, long start, OutputPieces pieces, float* source, float* weights, float bias,
        float* target, float* scratch)
    {
        var results = scratch + _map.Size;
        var chosen = results + 2 * _columnPhases * _resultSize;
        for (var first = 0; first < _rows.Count; first += _map.Rows)
        {
            var rows = Math.Min(_map.Rows, _rows.Count - first);
            _map.Fill(source, scratch, first, rows);
            // The next band, or the next map.
            var (read, written) = (_sourceSize / _rows.Count, _targetSize / _rows.Count);
            CacheLines.FetchNear(source + (first + rows) * read, rows * read);
            pieces.Fetch(in call, start + first * written, rows * written);
            foreach (var phase in _phases)
            {
                for (var t = 0; t < phase.Weights.Length; t++)
                    chosen[t] = weights[phase.Weights[t]];
                fixed (int* offsets = phase.Offsets)
                    _loops.Filter(scratch, results + phase.Column * _resultSize, rows * _map.Pitch, bias, chosen,
                        offsets, phase.Weights.Length);
                if (phase.Column == _columnPhases - 1)
                    _map.Write(Interleaved(results, rows * _map.Pitch), target, first, rows, phase.Row);
            }
        }
    }

    // The column phases as one map.
    private float* Interleaved(float* results, int count)
    {
        if (_columnPhases == 1)
            return results;
        var merged = results + _columnPhases * _resultSize;
        if (_columnPhases == 2)
            _loops.Interleave(results, results + _resultSize, merged, count);
        else
            for (var column = 0; column < _columnPhases; column++)
                for (var j = 0; j < count; j++)
                    merged[j * _columnPhases + column] = results[column * _resultSize + j];
        return merged;
    }

    private Phase PhaseOf(FilterAxis rows, FilterAxis columns, int row, int column)
    {
        var taps = rows.Taps.Index().Where(tap => tap.Item.TargetPhase == row).SelectMany(r =>
            columns.Taps.Index().Where(tap => tap.Item.TargetPhase == column).Select(c =>
                (Weight: r.Index * columns.Taps.Count + c.Index, Offset: _map.Offset(r.Item, c.Item)))).ToList();
        return new(row, column, [.. taps.Select(tap => tap.Weight)], [.. taps.Select(tap => tap.Offset)]);
    }

    /// <summary>The entries of the kernel that write to one of the target's interleaved maps.</summary>
    private sealed record Phase(int Row, int Column, int[] Weights, int[] Offsets);
}
