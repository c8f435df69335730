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

    /// <summary>Results in a vector's loop, and products between two requests for memory.</summary>
    private const int Eight = 128, Products = 9 * Eight;

    private readonly InnerLoops _loops;
    private readonly PhasedMap _map;
    private readonly FilterAxis _rows;
    private readonly FilterAxis _columns;
    private readonly int _channels;
    private readonly int _maps;
    private readonly int _sourceSize;
    private readonly int _targetSize;
    private readonly int _taps;
    private readonly int _columnPhases;
    private readonly int _steps;
    private readonly int _resultSize;
    private readonly int _partScratch;
    private readonly Phase[] _phases;

    private DepthwiseFilter(string name, InnerLoops loops, FilterAxis rows, FilterAxis columns,
        IReadOnlyList<TensorShape> inputs, TensorShape target) : base(name, inputs, target)
    {
        (_loops, _rows, _columns, _map) = (loops, rows, columns, PhasedMap.Cached(loops, rows, columns));
        _channels = (int)target[1];
        _maps = (int)(target[0] * target[1]);
        Parts = Math.Min(_maps, PartsPerThread * Environment.ProcessorCount);
        (_sourceSize, _targetSize) = (rows.SourceSize * columns.SourceSize, rows.TargetSize * columns.TargetSize);
        _taps = rows.Taps.Count * columns.Taps.Count;
        _phases = [.. Enumerable.Range(0, rows.TargetStride).SelectMany(row =>
            Enumerable.Range(0, columns.TargetStride).Select(column => PhaseOf(rows, columns, row, column)))];
        _steps = _phases.Sum(phase => (_map.Rows * _map.Pitch + phase.Step - 1) / phase.Step);
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

    public override int PieceOfRow => _map.Rows * _rows.TargetStride * _columns.TargetSize;

    public override int LargestPiece => Math.Min(Row, PieceOfRow);

    public override void Part(in KernelCall call, int index, OutputPieces pieces)
    {
        var scratch = Workspace.ForKernel(_partScratch);
        var end = (int)((long)_maps * (index + 1) / Parts);
        for (var map = (int)((long)_maps * index / Parts); map < end; map++)
            for (var first = 0; first < _rows.Count; first += _map.Rows)
                FilterBand(in call, map, first, pieces, scratch);
    }

    private void FilterBand(in KernelCall call, int map, int first, OutputPieces pieces, float* scratch)
    {
        var (channel, rows) = (map % _channels, Math.Min(_map.Rows, _rows.Count - first));
        float* source = call.Input(0) + (long)map * _sourceSize, weights = call.Input(1) + channel * _taps;
        var bias = Inputs.Count > 2 ? call.Input(2)[channel] : 0;
        // Numbers of the target.
        var (before, length) = (first * _rows.TargetStride * _columns.TargetSize, rows * _map.Pitch);
        var (start, count) = ((long)map * _targetSize + before, Math.Min(_targetSize - before, LargestPiece));
        var results = scratch + _map.Size;
        var chosen = results + 2 * _columnPhases * _resultSize;
        _map.Fill(source, scratch, first, rows);
        // Of the next band, or the next map.
        var read = _sourceSize / _rows.Count;
        var (coming, written) = (new EvenParts((first + rows) * read, rows * read, _steps), new EvenParts(0, count, _steps));
        foreach (var phase in _phases)
        {
            for (var t = 0; t < phase.Weights.Length; t++)
                chosen[t] = weights[phase.Weights[t]];
            fixed (int* offsets = phase.Offsets)
                for (var done = 0; done < length; done += phase.Step)
                {
                    var next = coming.Next();
                    CacheLines.FetchNear(source + next.Start, next.Count);
                    next = written.Next();
                    pieces.Fetch(in call, start + next.Start, next.Count);
                    _loops.Filter(scratch + done, results + phase.Column * _resultSize + done, Math.Min(phase.Step, length - done),
                        bias, chosen, offsets, phase.Weights.Length);
                }
            if (phase.Column == _columnPhases - 1)
                _map.Write(Interleaved(results, length), pieces.At(in call, start) - before, first, rows, phase.Row);
        }
        pieces.Done(in call, start, count);
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
    private sealed record Phase(int Row, int Column, int[] Weights, int[] Offsets)
    {
        /// <summary>Results between two requests for memory.</summary>
        public int Step { get; } = Math.Max(1, Products / Math.Max(1, Weights.Length) / Eight) * Eight;
    }
}
