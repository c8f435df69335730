using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Elementwise;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>A depthwise convolution or its adjoint between maps of one size, without stride (<see cref="FlatTaps"/>).</summary>
internal sealed unsafe class FlatFilter : PieceKernel
{
    private const int PartsPerThread = 4;

    private readonly InnerLoops _loops;
    private readonly FlatTaps _taps;
    private readonly int _height;
    private readonly int _width;
    private readonly int _channels;
    private readonly int _maps;
    private readonly int _partScratch;

    public FlatFilter(string name, InnerLoops loops, FilterAxis rows, FilterAxis columns,
        IReadOnlyList<TensorShape> inputs, TensorShape target) : base(name, inputs, target)
    {
        (_loops, _taps, _height, _width) = (loops, new(rows, columns), rows.SourceSize, columns.SourceSize);
        _channels = (int)target[1];
        _maps = (int)(target[0] * target[1]);
        Parts = Math.Min(_maps, PartsPerThread * Environment.ProcessorCount);
        _partScratch = _taps.BandSize + _taps.Count;
    }

    public override int Parts { get; }

    public override int Row => _height * _width;

    public override int PieceOfRow => _taps.BandRows * _width;

    public override int LargestPiece => Math.Min(Row, PieceOfRow);

    public override void Part(in KernelCall call, int index, OutputPieces pieces)
    {
        var scratch = Workspace.ForKernel(_partScratch);
        var weights = scratch + _taps.BandSize;
        var end = (int)((long)_maps * (index + 1) / Parts);
        for (var map = (int)((long)_maps * index / Parts); map < end; map++)
        {
            var (channel, at) = (map % _channels, (long)map * Row);
            var bias = Inputs.Count > 2 ? call.Input(2)[channel] : 0;
            _taps.Choose(call.Input(1) + channel * _taps.Count, weights);
            for (var first = 0; first < _height; first += _taps.BandRows)
            {
                var rows = Math.Min(_taps.BandRows, _height - first);
                var (start, count) = (at + first * _width, rows * _width);
                pieces.Fetch(in call, start, count);
                // The next band, or the next map.
                CacheLines.FetchNear(call.Input(0) + start + count, count);
                _taps.Filter(_loops, _taps.Fill(call.Input(0) + at, first, rows, scratch), pieces.At(in call, start), rows,
                    bias, weights);
                pieces.Done(in call, start, count);
            }
        }
    }
}
