using OnnxGraphs.Graphs;

namespace MLNet.Detection.Builtin;

/// <summary>
/// Initial weights of convolutions before rectifiers: uniform in +-gain sqrt(6 / fan in), variance gain^2 2 / fan in.
/// He et al. 2015, https://arxiv.org/abs/1502.01852. Only products and a square root are taken, which IEEE 754 fixes to
/// the last bit: a seed means the same weights everywhere.
/// </summary>
internal sealed class UniformWeights(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Filters [K, C, k, k].</summary>
    public Tensor Filters(long filters, long channels, long kernel, float gain)
    {
        var shape = new TensorShape(filters, channels, kernel, kernel);
        var bound = gain * Math.Sqrt(6.0 / (channels * kernel * kernel));
        var values = new float[shape.Size];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)((2 * _random.NextDouble() - 1) * bound);
        return Tensor.Of<float>(shape, values);
    }
}
