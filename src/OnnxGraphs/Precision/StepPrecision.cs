namespace OnnxGraphs.Precision;

/// <summary>
/// What the heavy part of a training step computes in. Weights, losses, sums over many elements, the gradient as the
/// optimiser sees it and the optimiser itself are float32 always.
/// </summary>
public enum StepPrecision
{
    /// <summary>All in float32.</summary>
    Float32,

    /// <summary>
    /// Convolutions, products and what lies between them in float16, the loss scaled (<see cref="LossScaling"/>).
    /// </summary>
    Float16,

    /// <summary>The same in bfloat16: the range of float32 with 8 bits of mantissa, so no scaling is needed.</summary>
    BFloat16,
}
