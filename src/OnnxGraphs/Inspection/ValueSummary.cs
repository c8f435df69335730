namespace OnnxGraphs.Inspection;

/// <summary>An input or output of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Declared dimensions; a name or ? where they are open.</param>
/// <param name="Meaning">What it seems to hold, for example <c>class scores (Softmax)</c>.</param>
public sealed record ValueSummary(string Name, string Type, IReadOnlyList<string> Shape, string Meaning);
