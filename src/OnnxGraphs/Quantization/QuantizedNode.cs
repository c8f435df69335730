namespace OnnxGraphs.Quantization;

/// <summary>An operator that may compute on whole numbers.</summary>
/// <param name="Value">Name of the value that it computes: its name in <see cref="QuantizationOptions.Floats"/>.</param>
/// <param name="Operator">ONNX operator type.</param>
/// <param name="Kind">What it does to the grids.</param>
/// <param name="Inputs">Names of the values that it computes on.</param>
/// <param name="Grid">Name of the value whose grid holds the result: its own, or that of the activation which alone reads
/// it and clips it.</param>
public sealed record QuantizedNode(
    string Value, string Operator, QuantizedNodeKind Kind, IReadOnlyList<string> Inputs, string Grid);
