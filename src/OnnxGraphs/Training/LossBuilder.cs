using OnnxGraphs.Graphs;

namespace OnnxGraphs.Training;

/// <summary>
/// Builds the named terms of a loss on the values that a model was cut at; may declare inputs for its targets, and
/// outputs of the graph: predictions that the caller sees before it fills the targets.
/// </summary>
/// <param name="graph">The graph of the step.</param>
/// <param name="heads">The values, in the order in which they were named.</param>
public delegate IReadOnlyDictionary<string, Var> LossBuilder(Graph graph, IReadOnlyList<Var> heads);
