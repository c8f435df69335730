using OnnxGraphs.Graphs;

namespace OnnxGraphs.Training;

/// <summary>One parameter in a flat vector.</summary>
/// <param name="Name">Name of the initializer.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Offset">First element in the vector.</param>
public sealed record ParameterEntry(string Name, TensorShape Shape, long Offset);
