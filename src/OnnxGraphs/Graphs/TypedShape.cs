namespace OnnxGraphs.Graphs;

/// <summary>Element type and shape of a value that a node computes.</summary>
/// <param name="Element">Element type.</param>
/// <param name="Shape">Dimensions.</param>
public sealed record TypedShape(ElementType Element, TensorShape Shape);
