namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// y[i] from a[i], b[i] and c[i] for i below the count; y may be one of the operands. Operands that the operation does
/// not have are anything.
/// </summary>
internal unsafe delegate void TileOperation(float* a, float* b, float* c, float* y, int count);
