using OnnxGraphs.Graphs;

namespace OnnxGraphs.Optimizers;

/// <summary>What one step makes of parameters and optimiser state.</summary>
/// <param name="Parameters">New parameters.</param>
/// <param name="Slots">New state vectors, in the order of <see cref="Optimizer.Slots"/>.</param>
public sealed record OptimizerUpdate(Var Parameters, IReadOnlyList<Var> Slots);
