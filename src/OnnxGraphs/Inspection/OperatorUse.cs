namespace OnnxGraphs.Inspection;

/// <summary>An operator type in a model, and whether it can be trained through.</summary>
/// <param name="Operator">Type, with its domain where that is not the standard one.</param>
/// <param name="Count">Nodes of this type.</param>
/// <param name="OnPath">How many of them gradients must pass: between a trainable weight and the raw values.</param>
/// <param name="Known">Whether it can be read into a training graph.</param>
/// <param name="HasGradient">Whether it has a gradient rule.</param>
public sealed record OperatorUse(string Operator, int Count, int OnPath, bool Known, bool HasGradient)
{
    /// <summary>Whether it keeps the model from being trained as a whole.</summary>
    public bool Blocks => OnPath > 0 && !HasGradient;
}
