namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>One entry of a kernel along an axis.</summary>
/// <param name="SourcePhase">Which of the source's interleaved maps it reads.</param>
/// <param name="Shift">How far behind the place that is written.</param>
/// <param name="TargetPhase">Which of the target's interleaved maps it adds to.</param>
internal readonly record struct AxisTap(int SourcePhase, int Shift, int TargetPhase);
