namespace OnnxGraphs.Kernels.Loops;

/// <summary>
/// The linear maps of Winograd's convolutions of tiles of 4 x 4 outputs and 3 x 3 kernels: y = A'[(G g G') * (B' d B)]A.
/// Values of polynomials at six nodes turn a convolution into 36 products; the same nodes serve weight gradients.
/// </summary>
internal enum WinogradStep
{
    /// <summary>B': 6 x 6 inputs to 6 x 6 values.</summary>
    Input,

    /// <summary>G: 3 x 3 weights to 6 x 6 values, which are stored past the caches: they are for all cores.</summary>
    Weights,

    /// <summary>The same, stored in the caches: for the core that maps them.</summary>
    CachedWeights,

    /// <summary>A': 6 x 6 values to 4 x 4 outputs.</summary>
    Output,

    /// <summary>4 x 4 gradients of outputs, in the place of weights, to 6 x 6 values.</summary>
    OutputGradient,

    /// <summary>6 x 6 values to the gradient of 3 x 3 weights.</summary>
    WeightGradient,
}
