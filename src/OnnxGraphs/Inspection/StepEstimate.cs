namespace OnnxGraphs.Inspection;

/// <summary>
/// What a training step is expected to take on two CPU cores with AVX-512, float32, all weights trained with AdamW.
/// </summary>
/// <param name="Images">Images of the step.</param>
/// <param name="Seconds">Time of the step, reading of pictures included.</param>
/// <param name="Bytes">Peak memory of the process.</param>
public sealed record StepEstimate(int Images, double Seconds, double Bytes);
