namespace OnnxGraphs.Quantization;

/// <summary>How the range of a value's grid follows from the numbers that were seen.</summary>
public enum RangeMethod
{
    /// <summary>The least and the largest number.</summary>
    MinMax,

    /// <summary>The middle share of all numbers, <see cref="QuantizationOptions.Percentile"/>.</summary>
    Percentile,

    /// <summary>
    /// The clipping at which 128 steps lose least information about the distribution of magnitudes, by its
    /// Kullback-Leibler divergence (Migacz 2017, "8-bit inference with TensorRT").
    /// </summary>
    Entropy,
}
