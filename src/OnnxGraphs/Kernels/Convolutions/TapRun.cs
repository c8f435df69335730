namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>Entries of a kernel that follow one another, as do the shifted maps that they read.</summary>
/// <param name="Tap">The first entry.</param>
/// <param name="Slot">Number of its shifted map.</param>
/// <param name="Count">The entries.</param>
internal readonly record struct TapRun(int Tap, int Slot, int Count);
