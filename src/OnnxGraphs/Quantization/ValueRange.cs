namespace OnnxGraphs.Quantization;

/// <summary>The numbers that a grid has to hold.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The largest.</param>
public readonly record struct ValueRange(double Min, double Max);
