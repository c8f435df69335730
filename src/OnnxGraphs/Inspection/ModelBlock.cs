using OnnxGraphs.Graphs;

namespace OnnxGraphs.Inspection;

/// <summary>Nodes of one part of a detector that work on maps of one size.</summary>
/// <param name="Name">For example <c>backbone 20 x 20</c>, width first.</param>
/// <param name="Part">The part.</param>
/// <param name="MapWidth">Width of its maps; null where it works on none, or on several sizes.</param>
/// <param name="MapHeight">Height of its maps.</param>
/// <param name="Inputs">Names of the blocks whose values it reads.</param>
/// <param name="Shape">Shape of its last value for one image; null where it is not known.</param>
/// <param name="Operators">Operator types and how often they occur, the most frequent first.</param>
/// <param name="Parameters">Numbers in its trainable weights.</param>
/// <param name="MultiplyAdds">Multiplications of its layers for one image.</param>
public sealed record ModelBlock(
    string Name, ModelPart Part, int? MapWidth, int? MapHeight, IReadOnlyList<string> Inputs, TensorShape? Shape,
    IReadOnlyList<KeyValuePair<string, int>> Operators, long Parameters, long MultiplyAdds)
{
    /// <summary>Nodes in it, constants left out.</summary>
    public int Nodes => Operators.Sum(use => use.Value);
}
