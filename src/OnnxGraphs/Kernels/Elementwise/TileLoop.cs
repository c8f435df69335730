namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// A compiled loop over the numbers of a tile. It reads and writes from places[k] on what its k-th memory operand says,
/// a whole vector at a time.
/// </summary>
/// <param name="places">Addresses of the operands.</param>
/// <param name="bytes">Bytes of the numbers, a multiple of those of a vector.</param>
internal unsafe delegate void TileLoop(float** places, nint bytes);
