using OnnxGraphs.Graphs;

namespace OnnxGraphs.Quantization;

/// <summary>The mean of each channel, over all else, of values that come in batches.</summary>
/// <param name="axis">The axis of the channels, negative from the end.</param>
internal sealed class ChannelMeans(int axis)
{
    private double[] _sums = [];
    private long _count;

    public void Add(Tensor value)
    {
        var at = value.Shape.Axis(axis);
        var numbers = value.Values<float>();
        var (channels, inner) = ((int)value.Shape[at], (int)value.Shape.SizeOf((at + 1)..));
        if (_sums.Length == 0)
            _sums = new double[channels];
        for (var start = 0; start < numbers.Length; start += inner)
        {
            var sum = 0.0;
            foreach (var number in numbers.Slice(start, inner))
                sum += number;
            _sums[start / inner % channels] += sum;
        }
        _count += numbers.Length / channels;
    }

    public double[] Read() => [.. _sums.Select(sum => sum / _count)];
}
