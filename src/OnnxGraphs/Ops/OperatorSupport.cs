namespace OnnxGraphs.Ops;

/// <summary>What is known of an ONNX operator type.</summary>
/// <param name="Gradient">Whether gradients pass it.</param>
/// <param name="Remark">Limits of the rule, or why there is none; may be empty.</param>
public sealed record OperatorSupport(GradientSupport Gradient, string Remark);
