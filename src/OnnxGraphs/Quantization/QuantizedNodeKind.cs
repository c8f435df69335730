namespace OnnxGraphs.Quantization;

/// <summary>What an operator does to the grids of its values.</summary>
public enum QuantizedNodeKind
{
    /// <summary>It multiplies with weights, which have grids of their own.</summary>
    Layer,

    /// <summary>It computes numbers on a grid of their own: sums, products, activations, means.</summary>
    Arithmetic,

    /// <summary>It moves or chooses numbers, which stay on the grid that they have.</summary>
    Move,
}
