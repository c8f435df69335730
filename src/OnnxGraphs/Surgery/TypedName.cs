using OnnxGraphs.Graphs;

namespace OnnxGraphs.Surgery;

/// <summary>A value of a model with its type and shape.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">Element type and shape.</param>
public sealed record TypedName(string Name, TypedShape Type)
{
    internal Dictionary<string, TypedShape> ToInputs() => new() { [Name] = Type };
}
