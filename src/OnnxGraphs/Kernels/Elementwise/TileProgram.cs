namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>What is done with each tile.</summary>
/// <param name="Instructions">In their order; reductions are not among them.</param>
/// <param name="Reductions">What is summed behind the instructions.</param>
/// <param name="Slots">Tiles of scratch memory.</param>
/// <param name="Size">Elements of the shape.</param>
/// <param name="Row">Elements that a reduction adds up; 1 without reductions.</param>
internal sealed record TileProgram(IReadOnlyList<Instruction> Instructions, IReadOnlyList<Reduce> Reductions, int Slots,
    long Size, long Row);
