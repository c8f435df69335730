using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// Packs weights [K, C, kh, kw] to [group of targets][entry of the kernel][source][target of the group]. Forward, sources are
/// channels and targets filters; transposed it is the other way round. Targets that there are not are zero.
/// </summary>
internal sealed unsafe class DenseWeights(InnerLoops loops, ConvolutionShape shape, bool isTransposed, int group)
{
    private readonly int _sources = isTransposed ? shape.Filters : shape.Channels;
    private readonly int _targets = isTransposed ? shape.Channels : shape.Filters;

    /// <summary>Entries of the kernel.</summary>
    public int Taps => shape.Taps;

    /// <summary>Numbers of a target.</summary>
    public int RowSize => _sources * Taps;

    /// <summary>Packed numbers.</summary>
    public long Size => (_targets + group - 1L) / group * group * RowSize;

    public void Pack(float* weights, float* to)
    {
        for (var first = 0; first < _targets; first += group, to += group * RowSize)
        {
            var targets = Math.Min(group, _targets - first);
            if (targets < group)
                new Span<float>(to, group * RowSize).Clear();
            for (var source = 0; source < _sources; source++)
            {
                var row = isTransposed ? (long)source * _targets + first : (long)first * _sources + source;
                loops.Transpose(weights + row * Taps, isTransposed ? Taps : _sources * Taps, targets, Taps, to + source * group,
                    _sources * group);
            }
        }
    }
}
