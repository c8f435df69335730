namespace MLNet.Detection.Quantization;

/// <summary>A measurement of a search.</summary>
/// <param name="Floats">Values that were computed in floats.</param>
/// <param name="Accuracy">What was measured.</param>
public sealed record QuantizationStep(IReadOnlyList<string> Floats, double Accuracy);
