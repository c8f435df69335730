using OnnxGraphs.Graphs;

namespace OnnxGraphs.Losses;

/// <summary>An input of a loss with a value to try it on.</summary>
/// <param name="Name">Name in graphs and files.</param>
/// <param name="Value">The value; its shape is the input's.</param>
/// <param name="IsPrediction">Whether the loss has a gradient with respect to it.</param>
/// <param name="HasBatch">Whether its first axis is the batch.</param>
public sealed record ExampleInput(string Name, Tensor Value, bool IsPrediction, bool HasBatch = true);
