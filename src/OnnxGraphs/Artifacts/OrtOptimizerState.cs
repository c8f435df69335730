using OnnxGraphs.Graphs;

namespace OnnxGraphs.Artifacts;

/// <summary>What an optimiser carries from step to step, as an official checkpoint keeps it.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="InitialLearningRate">
/// Learning rate to begin with. The runtime starts at 0.001 whatever stands here: an application must set its own.
/// </param>
/// <param name="Momentums">
/// By name of the weight, in its shape: one tensor for SGD, two for AdamW (first and second moment). Empty before the
/// first step.
/// </param>
public sealed record OrtOptimizerState(
    long Step, float InitialLearningRate, IReadOnlyDictionary<string, IReadOnlyList<Tensor>> Momentums);
