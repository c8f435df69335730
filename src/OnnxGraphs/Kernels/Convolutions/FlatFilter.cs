using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>A depthwise convolution or its adjoint between maps of one size, without stride (<see cref="FlatTaps"/>).</summary>
internal sealed unsafe class FlatFilter : Kernel
{
    private const int PartsPerThread = 4;

    private readonly InnerLoops _loops;
    private readonly FlatTaps _taps;
    private readonly int _height;
    private readonly int _width;
    private readonly int _channels;
    private readonly int _maps;
    private readonly int _parts;
    private readonly int _partScratch;

    public FlatFilter(string name, InnerLoops loops, FilterAxis rows, FilterAxis columns,
        IReadOnlyList<TypedShape> inputs, TensorShape target) : base(name, inputs, [new(ElementType.Float32, target)])
    {
        (_loops, _taps, _height, _width) = (loops, new(rows, columns), rows.SourceSize, columns.SourceSize);
        _channels = (int)target[1];
        _maps = (int)(target[0] * target[1]);
        _parts = Math.Min(_maps, PartsPerThread * Environment.ProcessorCount);
        _partScratch = _taps.BandSize + _taps.Count;
    }

    public override long ScratchBytes => (long)_parts * _partScratch * sizeof(float);

    public override void Run(ref KernelCall call) => call.ForEach(0, _parts);

    public override void Part(in KernelCall call, int phase, int index)
    {
        var scratch = (float*)call.Scratch + (long)index * _partScratch;
        var weights = scratch + _taps.BandSize;
        var end = (int)((long)_maps * (index + 1) / _parts);
        for (var map = (int)((long)_maps * index / _parts); map < end; map++)
        {
            var (channel, at) = (map % _channels, (long)map * _height * _width);
            var bias = Inputs.Count > 2 ? call.Input(2)[channel] : 0;
            _taps.Choose(call.Input(1) + channel * _taps.Count, weights);
            for (var first = 0; first < _height; first += _taps.BandRows)
            {
                var rows = Math.Min(_taps.BandRows, _height - first);
                Filter(_taps.Fill(call.Input(0) + at, first, rows, scratch), call.Output(0) + at + first * _width,
                    rows * _width, bias, weights);
            }
        }
    }

    private void Filter(float* source, float* target, int length, float bias, float* weights)
    {
        if (length >= _loops.Width)
        {
            _taps.Filter(_loops, source, target, length, bias, weights);
            return;
        }
        var vector = stackalloc float[_loops.Width];
        _taps.Filter(_loops, source, vector, _loops.Width, bias, weights);
        new Span<float>(vector, length).CopyTo(new(target, length));
    }
}
