namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>Where an instruction finds or leaves the numbers of a tile.</summary>
/// <param name="Place">Kind of memory.</param>
/// <param name="Index">Number of the slot, input or output.</param>
internal readonly record struct Operand(Place Place, int Index);
