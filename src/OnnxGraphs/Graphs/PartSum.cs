namespace OnnxGraphs.Graphs;

/// <summary>A cut in a graph that computes a part of a batch.</summary>
/// <param name="Part">The output: what this part contributes.</param>
/// <param name="Total">The input that stands for the sum over all parts.</param>
internal sealed record PartSum(Var Part, Var Total);
