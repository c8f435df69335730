namespace OnnxGraphs.Kernels.Loops;

/// <summary>
/// The linear maps of Winograd's convolutions of tiles of m x m outputs and 3 x 3 kernels: y = A'[(G g G') * (B' d B)]A.
/// Values of polynomials at n = m + 2 nodes turn a convolution into n x n products; the same nodes serve weight gradients.
/// </summary>
internal enum WinogradStep
{
    /// <summary>B': n x n inputs to n x n values.</summary>
    Input,

    /// <summary>G: 3 x 3 weights to n x n values, which are stored past the caches: they are for all cores.</summary>
    Weights,

    /// <summary>The same, stored in the caches: for the core that maps them.</summary>
    CachedWeights,

    /// <summary>A': n x n values to m x m outputs.</summary>
    Output,

    /// <summary>m x m gradients of outputs, in the place of weights, to n x n values.</summary>
    OutputGradient,

    /// <summary>n x n values to the gradient of 3 x 3 weights.</summary>
    WeightGradient,
}
